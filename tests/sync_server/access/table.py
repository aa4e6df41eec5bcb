"""The table: for every route of the server, who may call it. A route that isn't here fails the test."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.protocol.ids import new_id
from sync_server.access.roles import Action, Role, Scope
from tests.sync_server.access.world import Build, Call, World, hash_of, page, picture_asset, push, shared_preset


@dataclass(frozen=True)
class Public:
    """For everybody, signed in or not: it has a protection of its own, or nothing to protect."""

    why: str


@dataclass(frozen=True)
class Account:
    """Only about the caller's own account. Without a scope no API key may do it."""

    scope: Scope | None = None
    any_key: bool = False
    """A key may ask whose it is."""


@dataclass(frozen=True)
class Within:
    """Something that belongs to a workspace: the role decides, and strangers learn nothing."""

    action: Action
    build: Build
    keys: bool = True
    """May an API key do it at all?"""
    instead: dict[Role, int] = field(default_factory=dict[Role, int])
    """The answer to a role, where it isn't what the action says."""


Rule = Public | Account | Within


def _workspace(world: World) -> Call:
    return Call((world.workspace_id,))


_NOT_OTHERS = {Role.ADMIN: 404, Role.MEMBER: 404, Role.VIEWER: 404}


def _project(world: World) -> Call:
    return Call((world.project(),))


TABLE: dict[str, Rule] = {
    # Accounts
    "register": Public("anyone may ask for an account"),
    "resend_verification": Public("goes to the address alone"),
    "verify_email": Public("needs the token from the mail"),
    "login": Public("needs the password"),
    "refresh": Public("needs the refresh token"),
    "forgot_password": Public("goes to the address alone"),
    "reset_password": Public("needs the token from the mail"),
    "logout": Account(),
    "logout_everywhere": Account(),
    "change_password": Account(),
    "change_email": Account(),
    "get_me": Account(any_key=True),
    "update_me": Account(),
    "list_devices": Account(),
    "end_device": Account(),
    "export_account": Account(),
    "delete_account": Account(),
    "list_own_audit_events": Account(),
    # Signing in with a provider
    "list_providers": Public("names the providers"),
    "start_provider_sign_in": Public("sends the browser to the provider"),
    "finish_provider_sign_in": Public("needs the attempt's secret and the provider's code"),
    "exchange_provider_code": Public("needs the one-time code and the studio's verifier"),
    "list_identities": Account(),
    "start_linking": Account(),
    "finish_linking": Account(),
    "unlink_identity": Account(),
    # Second factor, keys
    "get_second_factor": Account(),
    "enrol_second_factor": Account(),
    "confirm_second_factor": Account(),
    "renew_recovery_codes": Account(),
    "disable_second_factor": Account(),
    "list_api_keys": Account(),
    "create_api_key": Account(),
    "rename_api_key": Account(),
    "rotate_api_key": Account(),
    "revoke_api_key": Account(),
    # Notifications, settings
    "list_notifications": Account(),
    "count_unread_notifications": Account(),
    "mark_notifications_read": Account(),
    "mark_all_notifications_read": Account(),
    "get_notification_preferences": Account(),
    "change_notification_preferences": Account(),
    "get_settings": Account(Scope.READ),
    "change_settings": Account(Scope.WRITE),
    # Workspaces
    "list_workspaces": Account(Scope.READ),
    "create_workspace": Account(),
    "get_workspace": Within(Action.SEE, _workspace),
    "rename_workspace": Within(Action.RENAME, lambda world: Call((world.workspace_id,), {"name": "Renamed"})),
    "delete_workspace": Within(Action.TRANSFER, lambda world: Call((world.fresh_team(),))),
    "restore_workspace": Within(Action.TRANSFER, lambda world: Call((world.trashed_team(),))),
    "list_members": Within(Action.SEE, _workspace),
    "change_member_role": Within(
        Action.INVITE, lambda world: Call((world.fresh_team(), world.viewer_id()), {"role": "VIEWER"})
    ),
    "remove_member": Within(
        Action.INVITE,
        lambda world: Call((world.fresh_team(), world.crowd.people["MEMBER"].user_id)),
        keys=False,
        instead={Role.MEMBER: 204},  # to remove oneself is to leave
    ),
    "leave_workspace": Within(
        Action.SEE, lambda world: Call((world.fresh_team(),)), keys=False, instead={Role.OWNER: 409}
    ),
    "transfer_ownership": Within(
        Action.TRANSFER, lambda world: Call((world.fresh_team(),), {"user_id": world.viewer_id()})
    ),
    "list_audit_events": Within(Action.SEE_AUDIT, _workspace),
    # Invitations
    "create_invitation": Within(
        Action.INVITE,
        lambda world: Call((world.workspace_id,), {"email": f"{new_id()}@example.org", "role": "VIEWER"}),
    ),
    "list_invitations": Within(Action.INVITE, _workspace),
    "resend_invitation": Within(Action.INVITE, lambda world: Call((world.workspace_id, world.invitation()))),
    "revoke_invitation": Within(Action.INVITE, lambda world: Call((world.workspace_id, world.invitation()))),
    "list_my_invitations": Account(),
    "accept_invitation": Account(),
    "decline_invitation": Account(),
    # Presets
    "list_presets": Account(Scope.READ),
    "get_preset": Within(Action.SEE, lambda world: Call((world.preset(),))),
    "create_preset": Within(Action.EDIT, lambda world: Call((), shared_preset(world))),
    "change_preset": Within(Action.EDIT, lambda world: Call((world.preset(),), {"name": "Other"})),
    "delete_preset": Within(Action.EDIT, lambda world: Call((world.preset(),))),
    # Projects and their logs
    "list_projects": Within(Action.SEE, lambda world: Call((), query={"workspace_id": world.workspace_id})),
    "create_project": Within(
        Action.EDIT, lambda world: Call((), {"id": new_id(), "workspace_id": world.workspace_id, "name": "New"})
    ),
    "get_project": Within(Action.SEE, _project),
    "change_project": Within(Action.EDIT, lambda world: Call((world.project(),), {"name": "Other"})),
    "delete_project": Within(Action.DELETE_PROJECT, _project),
    "pull_log": Within(Action.SEE, _project),
    "push_log": Within(Action.EDIT, lambda world: push(world, "label")),
    "list_comments": Within(Action.SEE, _project),
    "list_history": Within(Action.SEE, _project),
    "get_version": Within(Action.SEE, lambda world: Call((world.project(), "0"))),
    # Files. An upload belongs to who began it; here the owner
    "begin_upload": Within(
        Action.EDIT, lambda world: Call((world.workspace_id,), {"hash": hash_of(new_id().encode()), "size": 36})
    ),
    "get_upload": Within(Action.EDIT, lambda world: Call((world.upload(b"x" * 9),)), instead=_NOT_OTHERS),
    "send_part": Within(
        Action.EDIT,
        lambda world: Call((world.upload(b"x" * 9), "1"), content=b"x" * 9, headers={"X-Part-Hash": hash_of(b"x" * 9)}),
        instead=_NOT_OTHERS,
    ),
    "get_part_addresses": Within(
        Action.EDIT, lambda world: Call((world.upload(b"x" * 9),), {"numbers": [1]}), instead=_NOT_OTHERS
    ),
    "complete_upload": Within(Action.EDIT, lambda world: Call((world.sent(),)), instead=_NOT_OTHERS),
    "give_up_upload": Within(Action.EDIT, lambda world: Call((world.upload(b"x" * 9),)), instead=_NOT_OTHERS),
    "find_missing_blobs": Within(Action.SEE, lambda world: Call((world.workspace_id,), {"hashes": []})),
    "get_blob": Within(Action.SEE, lambda world: Call((world.workspace_id, world.blob))),
    "look_at_blob": Within(Action.SEE, lambda world: Call((world.workspace_id, world.blob))),
    "sign_blob": Within(Action.SEE, lambda world: Call((world.workspace_id, world.blob), {})),
    "get_signed_blob": Public("the address is signed, and its person's right is asked for at each use"),
    # Assets, publications
    "list_assets": Within(Action.SEE, lambda world: Call((), query={"workspace_id": world.workspace_id})),
    "create_asset": Within(Action.EDIT, lambda world: Call((), picture_asset(world))),
    "get_asset": Within(Action.SEE, lambda world: Call((world.asset(),))),
    "change_asset": Within(Action.EDIT, lambda world: Call((world.asset(),), {"name": "Other.png"})),
    "delete_asset": Within(Action.EDIT, lambda world: Call((world.asset(),))),
    "list_publications": Within(Action.SEE, lambda world: Call((), query={"workspace_id": world.workspace_id})),
    "publish": Within(Action.PUBLISH, lambda world: Call((), page(world))),
    "get_publication": Within(Action.SEE, lambda world: Call((world.publication(),))),
    "change_publication": Within(Action.PUBLISH, lambda world: Call((world.publication(),), {"title": "Other"})),
    "unpublish": Within(Action.PUBLISH, lambda world: Call((world.publication(),))),
    "show_page": Public("published on purpose"),
    "show_frame": Public("published on purpose"),
    "get_public_file": Public("published on purpose"),
    "look_at_public_file": Public("published on purpose"),
    # For those who keep the server running
    "healthz": Public("says that it answers"),
    "readyz": Public("says whether it is ready"),
    "metrics": Public("figures, for this machine and trusted proxies alone"),
    # Pages for those who come from a mail
    "openapi": Public("describes the API, nothing else"),
    "account_css": Public("looks"),
    "verify_page": Public("a page"),
    "verify_from_page": Public("needs the token from the mail"),
    "opt_out_page": Public("a page"),
    "opt_out_from_page": Public("needs the signed link of the mail"),
    "reset_page": Public("a page"),
    "reset_from_page": Public("needs the token from the mail"),
}
