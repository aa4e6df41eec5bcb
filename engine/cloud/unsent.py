"""What one account left unsent never goes out under another's name without a word.

A shared project belongs to the account under which it syncs here. When another one signs in, projects of which nothing
waits pass over to it; the others are held back (fetched, but not sent) until their account signs in again, or until
whoever is signed in now says to send them in the own name.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable

from engine.cloud.session import Known, Session
from engine.library.document_updates import covers
from engine.library.library import Library
from engine.library.shared import ACTIVE, SharedProject
from engine.protocol.errors import ErrorCode, Forbidden, LibraryCorrupt, MascotError


class Held(MascotError):
    """What waits in a project is another account's."""

    code = ErrorCode.CONFLICT


def count_unsent(library: Library, project: SharedProject) -> int:
    """Facts that wait, and one for edits of the document."""
    if project.project_id not in library.shared.names():
        return 0
    count = library.shared.count_waiting(project.project_id)
    try:
        version = library.projects.document(project.project_id).version()
    except LibraryCorrupt:
        return count
    return count + (0 if covers(project.acknowledged, version) else 1)


def is_held(library: Library, session: Session, project: SharedProject) -> bool:
    """Whether what waits was made while another account was signed in."""
    known = session.known()
    return known is not None and not _is_own(project, known) and count_unsent(library, project) > 0


def require_own(library: Library, session: Session, project: SharedProject) -> None:
    """A project of which nothing waits passes over to whoever is signed in. Raises Held, Unauthenticated."""
    known = session.require()
    if _is_own(project, known):
        return
    if count := count_unsent(library, project):
        name = library.shared.names().get(project.project_id, project.project_id)
        raise Held(held_sentence(session, project, count), command=f"sync {shlex.quote(name)} --as-me")
    library.shared.change(project.project_id, account_id=known.user_id)


def own_projects(library: Library, session: Session) -> list[SharedProject]:
    """Those that sync as whoever is signed in, or was last."""
    known = session.known()
    if known is None:
        return []
    return [one for one in library.shared.all() if one.server == known.server and _is_own(one, known)]


def pass_over(library: Library, session: Session) -> None:
    """Somebody has signed in: what is made from now on is theirs."""
    library.projects.take_fresh_peers()
    known = session.require()
    for project in library.shared.all():
        is_here = project.state == ACTIVE and project.server == known.server
        if is_here and not _is_own(project, known) and not count_unsent(library, project):
            library.shared.change(project.project_id, account_id=known.user_id)


def take_over(library: Library, session: Session, project: SharedProject, sync: Callable[[], object]) -> None:
    """Let what waits go out by `sync` in the name of whoever is signed in. Raises Forbidden for edits that can't: those
    that go on from ones which their maker has sent are that person's for ever."""
    if project.role == "VIEWER":
        raise Forbidden("You only see this project, so you can't send changes to it.")
    library.shared.change(project.project_id, account_id=session.require().user_id)
    try:
        sync()
    except Forbidden as error:
        library.shared.change(project.project_id, account_id=project.account_id)
        former = session.address_of(project.account_id)
        raise Forbidden(
            f"These changes go on from ones that {former} has sent, so only {former} can send them: sign in as "
            f"{former}, or go on in a copy of the project, which is yours.",
            details=error.sentence,
        ) from error


def account_for(library: Library, session: Session, project_id: str) -> str:
    """Under which account a project is to sync that is shared again: what still waits keeps it."""
    known, project = session.require(), library.shared.get(project_id)
    return project.account_id if project and is_held(library, session, project) else known.user_id


def held_sentence(session: Session, project: SharedProject, count: int) -> str:
    """Whose changes wait, and the two ways on."""
    known, former = session.known(), session.address_of(project.account_id)
    own = "yourself" if known is None else known.email
    changes, wait, them = ("1 change", "waits", "it") if count == 1 else (f"{count} changes", "wait", "them")
    return (
        f"{changes} {wait} here since {former} was signed in: sign in as {former} to send {them}, or send {them} "
        f"as {own}."
    )


def _is_own(project: SharedProject, known: Known) -> bool:
    return project.account_id == known.user_id
