"""Who changed a project and when, and taking it back to how it was. Raises of all: what `Session.ask` raises."""

from __future__ import annotations

from itertools import islice

from engine.cloud.api import operations
from engine.cloud.paging import pages, records
from engine.cloud.records import VersionInfo
from engine.cloud.session import Session
from engine.library.document_updates import version_of_counts
from engine.library.library import Library

AT_ONCE = 100


def versions(session: Session, project_id: str, most: int) -> list[VersionInfo]:
    """The newest first."""
    found = pages(
        session,
        lambda before: operations.list_history(
            project_id, before=None if before is None else int(before), limit=min(most, AT_ONCE)
        ),
    )
    return records(VersionInfo, islice(found, most))


def restore(library: Library, session: Session, project_id: str, number: int) -> bool:
    """Give the document the content it had after an entry of the log, as one step of undo; False when it has it now.

    Raises BadUpdates when this library lacks something of that version.
    """
    said = session.ask(operations.get_version(project_id, number))
    return library.projects.document(project_id).revert_to(version_of_counts(said.version))
