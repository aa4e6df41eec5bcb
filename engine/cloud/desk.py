"""The one door to the server for the studio and the command line: `CloudDesk(library)`.

Without an account nothing connects. Every method that connects may raise Unauthenticated (sign in again), Offline (the
switch), Unavailable (can't be reached), Forbidden, NotFound, Conflict, BadInput, RateLimited: each with its sentence.
They block, so a window calls them beside its thread.

Coming, in this order (each is added when it is real):
    account() -> Account | None
    sign_up(server, email, password, name="") -> None           (a mail with a link or code follows)
    confirm(server, token) -> None
    sign_in(server, email, password, code=None, *, device="") -> Account    (SecondFactorNeeded: again with code)
    sign_in_with(server, provider, open_browser=webbrowser.open) -> Account ("google" | "github"; loopback, PKCE)
    sign_in_with_key(server, api_key) -> Account
    sign_out() / sign_out_everywhere()
    workspaces() -> list[WorkspaceInfo]; create_workspace(name) -> WorkspaceInfo
    members(workspace_id) -> list[Member]; invite(workspace_id, email, role) -> Invitation
    change_role(workspace_id, user_id, role); remove_member(workspace_id, user_id); leave(workspace_id)
    invitations() -> list[Invitation]; accept(invitation_id); decline(invitation_id)
    share_project(project_id, workspace_id); stop_sharing(project_id)       (keeps the copy here)
    sync(project_id=None, progress=None) -> list[SyncStatus]    (progress(sentence, fraction | None))
    status() -> list[SyncStatus]; role(project_id) -> Role | None
    start() / stop()                                            (the background worker)
    people(project_id) -> list[Person]; show_place(project_id, place)
    comments(project_id, entry_id=None) -> list[CommentInfo]; comment(project_id, text, entry_id=None, mentions=())
    change_comment(comment_id, text); remove_comment(comment_id)
    history(project_id) -> list[VersionInfo]; restore_version(project_id, number)
    publish(entry_id, title="") -> PublicationInfo; unpublish(publication_id); publications() -> list
    notifications(unread_only=False) -> list[Notice]; mark_read(ids=None)
    keep_offline(project_id, keep); fetch(entry_id) -> Path
    call(method, path, json=None) -> JSON                       (any route of /api/v1 with the account's token)
    listeners: list[Callable[[kind, id], None]]: "account", "sync" (project id), "people" (project id),
        "comments" (project id), "notifications" (unread count as text); called on the worker's thread
"""

from __future__ import annotations
