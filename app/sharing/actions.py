"""The studio's actions for working together."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.studio import Studio


ACCOUNT_PAGES = (
    ("security", "Password and second factor…", "shield-check"),
    ("devices", "Devices where you are signed in…", "monitor"),
    ("keys", "API keys…", "key-round"),
    ("telling", "What you are told of…", "bell"),
    ("data", "Your data and the end of the account…", "hard-drive"),
)


FOR_THE_ACCOUNT = (
    "account.bell", "account.sign_out", "share.status", "share.people", "share.sync", "share.comment",
    "history.versions",
)  # fmt: skip


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

    def is_in() -> bool:
        return is_open() and cloud.is_in

    account = add("account.open", "Account…", together.open_account, "Ctrl+Alt+U", "user-round", when=is_open)
    add("account.workspaces", "Workspaces…", together.open_workspaces, "Ctrl+Alt+W", "users", when=is_open)
    add("share.project", "Share the project…", together.share, "Ctrl+Alt+S", "users", when=is_open)
    add("share.sync", "Sync now", together.sync_now, "", "refresh-cw", when=is_shared)
    add("share.publish", "Publish a link…", together.publish, "", "globe", when=lambda: is_open() and one())
    add("share.comment", "Comment on it", together.comment_on_selected, "", "message-square",
        when=lambda: is_shared() and one())  # fmt: skip
    add("comments.open", "Comments", together.open_comments, "Ctrl+Alt+C", "message-square", when=is_open)
    add("history.versions", "History of the project…", together.open_history, "Ctrl+Alt+H", "history", when=is_shared)
    for page, words, icon in ACCOUNT_PAGES:
        add(f"account.{page}", words, lambda key=page: together.open_account(key), "", icon, when=is_in)
    add("account.sign_out", "Sign out", together.sign_out, "", "log-out", when=is_in)
    add("account.bell", "Notifications", together.bell.open, "Ctrl+Alt+B", "bell", when=is_in)
    add("share.status", "State of sync", together.light.open, "Ctrl+Alt+Y", "cloud",
        when=lambda: cloud.account is not None)  # fmt: skip
    add("share.people", "Who is here", together.presence.open, "Ctrl+Alt+P", "users", when=is_shared)
    registry = studio.window.registry
    pages = [registry[f"account.{page}"] for page, _, _ in ACCOUNT_PAGES]
    for_the_account = [*pages, *(registry[action_id] for action_id in FOR_THE_ACCOUNT)]

    def follow() -> None:
        """Without an account the menu is short."""
        account.setText("Account…" if cloud.is_in else "Sign in…")
        for action in for_the_account:
            action.setVisible(cloud.account is not None)

    cloud.account_changed.connect(follow)
    follow()
    action = studio.window.registry.adopt("view.comments", studio.window.comments_dock.toggleViewAction())
    action.setText("Comments panel")
