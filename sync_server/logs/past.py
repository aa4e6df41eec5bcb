"""A document as it was at an entry of its log: which operations it held then.

Each entry says what it added, so that a past version is the present one less the entries after it; no old bytes are
needed, because the document keeps its own history.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync_server.logs.models import DocumentUpdate
from sync_server.logs.reading import version_of

_READ_AT_ONCE = 1000


def version_at(session: Session, project_id: str, number: int) -> dict[str, int]:
    """How many operations of each peer the document held at this entry."""
    # The peers before the entries: what another process writes in between then only makes the version older.
    version = version_of(session, project_id)
    later = (
        select(DocumentUpdate.spans)
        .where(DocumentUpdate.project_id == project_id, DocumentUpdate.number > number)
        .order_by(DocumentUpdate.number.desc())
        .execution_options(yield_per=_READ_AT_ONCE)
    )
    for spans in session.scalars(later):
        for peer, (first, _) in spans.items():
            version[peer] = min(version.get(peer, first), first)
    return {peer: end for peer, end in version.items() if end > 0}
