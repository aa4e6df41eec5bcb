"""Who changed a project and when, and taking it back to how it was. Raises of all: what `Session.call` raises."""

from __future__ import annotations

from pydantic import JsonValue, ValidationError

from engine.cloud.records import VersionInfo
from engine.cloud.session import Session
from engine.library.document_updates import version_of_counts
from engine.library.library import Library

AT_ONCE = 100


def versions(session: Session, project_id: str, most: int) -> list[VersionInfo]:
    """The newest first."""
    found: list[VersionInfo] = []
    before: JsonValue = None
    while len(found) < most:
        asked = {"limit": AT_ONCE, **({} if before is None else {"before": before})}
        said = session.call("GET", f"/projects/{project_id}/history", params=asked)
        items = said.get("items") if isinstance(said, dict) else None
        for item in items if isinstance(items, list) else ():
            try:
                found.append(VersionInfo.model_validate(item))
            except ValidationError:
                continue
        before = said.get("next") if isinstance(said, dict) else None
        if before is None:
            break
    return found[:most]


def restore(library: Library, session: Session, project_id: str, number: int) -> bool:
    """Give the document the content it had after an entry of the log, as one step of undo; False when it has it now.

    Raises BadUpdates when this library lacks something of that version.
    """
    said = session.call("GET", f"/projects/{project_id}/versions/{number}")
    version = said.get("version") if isinstance(said, dict) else None
    counts = (
        {peer: count for peer, count in version.items() if isinstance(count, int)} if isinstance(version, dict) else {}
    )
    return library.projects.document(project_id).revert_to(version_of_counts(counts))
