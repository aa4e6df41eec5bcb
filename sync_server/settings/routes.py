"""A person's settings, the same on all of their machines."""

from __future__ import annotations

from fastapi import APIRouter

from sync_server.access.check import require, require_scope
from sync_server.access.roles import Action, Scope
from sync_server.http.dependencies import Caller, Reading, Writing
from sync_server.problems import IN_WORKSPACE, SIGNED_IN, TooLarge, documented
from sync_server.settings import service
from sync_server.settings.schemas import Settings, SettingsChange

router = APIRouter(prefix="/settings", tags=["settings"])


@router.get("", operation_id="get_settings", responses=documented(*SIGNED_IN))
def get_settings(caller: Caller, session: Reading) -> Settings:
    """One's own settings"""
    require_scope(caller, Scope.READ)
    return service.settings_of(session, caller.user_id)


@router.patch("", operation_id="change_settings", responses=documented(*IN_WORKSPACE, TooLarge))
def change_settings(change: SettingsChange, caller: Caller, session: Writing) -> Settings:
    """Change some settings; null puts one back to its default"""
    require_scope(caller, Scope.WRITE)
    if change.default_workspace_id is not None:
        require(session, caller, Action.SEE, change.default_workspace_id)
    return service.change_settings(session, caller.user_id, change)
