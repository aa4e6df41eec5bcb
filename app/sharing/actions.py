"""The studio's actions for working together."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.studio import Studio


def add_sharing(studio: Studio) -> None:
    """Account, workspaces, sharing, comments, history, public links."""
    add, together, session = studio.window.registry.add, studio.together, studio.session
    cloud = together.cloud

    def is_open() -> bool:
        return session.library is not None

    def is_shared() -> bool:
        return is_open() and cloud.status is not None

    def one() -> bool:
        return len(studio.gallery.selected_ids()) == 1 and not studio.gallery.model.filter.trashed

    add("account.open", "Account…", together.open_account, "Ctrl+Alt+U", "user-round", when=is_open)
    add("account.workspaces", "Workspaces…", together.open_workspaces, "Ctrl+Alt+W", "users", when=is_open)
    add("share.project", "Share the project…", together.share, "Ctrl+Alt+S", "users", when=is_open)
    add("share.sync", "Sync now", together.sync_now, "", "refresh-cw", when=is_shared)
    add("share.publish", "Publish a link…", together.publish, "", "globe", when=lambda: is_open() and one())
    add("share.comment", "Comment on it", together.comment_on_selected, "", "message-square",
        when=lambda: is_shared() and one())  # fmt: skip
    add("comments.open", "Comments", together.open_comments, "Ctrl+Alt+C", "message-square", when=is_open)
    add("history.versions", "History of the project…", together.open_history, "Ctrl+Alt+H", "history", when=is_shared)
    action = studio.window.registry.adopt("view.comments", studio.window.comments_dock.toggleViewAction())
    action.setText("Comments panel")
