"""Presets: those of the server, one's own, and those of one's workspaces."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from sync_server.http.dependencies import Caller, Reading, Writing
from sync_server.inputs import ID_PATTERN, After, IdInPath, Limit, Text
from sync_server.presets import service
from sync_server.presets.models import Preset
from sync_server.presets.schemas import Category, Home, NewPreset, PresetChange, PresetItem, PresetPage
from sync_server.problems import IN_WORKSPACE, SIGNED_IN, Conflict, documented

router = APIRouter(prefix="/presets", tags=["presets"])
WorkspaceId = Annotated[
    str | None, Query(max_length=64, pattern=ID_PATTERN, description="Only those of this workspace.")
]
Search = Annotated[Text, Query(max_length=200, description="Words of the name or description.")]


@router.get("", operation_id="list_presets", responses=documented(*SIGNED_IN))
def list_presets(
    caller: Caller,
    session: Reading,
    home: Home | None = None,
    workspace_id: WorkspaceId = None,
    category: Annotated[Category | None, Query()] = None,
    search: Search = "",
    after: After = None,
    limit: Limit = 50,
) -> PresetPage:
    """The presets that one may use, the oldest first"""
    found = service.list_presets(
        session,
        caller,
        home=home,
        workspace_id=workspace_id,
        category=category,
        search=search,
        after=after,
        limit=limit,
    )
    items = [_item(preset) for preset in found]
    return PresetPage(items=items, next=items[-1].id if len(items) == limit else None)


@router.get("/{preset_id}", operation_id="get_preset", responses=documented(*IN_WORKSPACE))
def get_preset(preset_id: IdInPath, caller: Caller, session: Reading) -> PresetItem:
    """One preset"""
    return _item(service.get_preset(session, caller, preset_id))


@router.post("", status_code=201, operation_id="create_preset", responses=documented(*IN_WORKSPACE, Conflict))
def create_preset(new: NewPreset, caller: Caller, session: Writing) -> PresetItem:
    """Make a preset: an own one, one shared in a workspace, or (administrators) a default one"""
    return _item(service.create_preset(session, caller, new))


@router.patch("/{preset_id}", operation_id="change_preset", responses=documented(*IN_WORKSPACE))
def change_preset(preset_id: IdInPath, change: PresetChange, caller: Caller, session: Writing) -> PresetItem:
    """Change a preset; what isn't named stays"""
    return _item(service.change_preset(session, caller, preset_id, change))


@router.delete("/{preset_id}", status_code=204, operation_id="delete_preset", responses=documented(*IN_WORKSPACE))
def delete_preset(preset_id: IdInPath, caller: Caller, session: Writing) -> None:
    """Delete a preset"""
    service.delete_preset(session, caller, preset_id)


def _item(preset: Preset) -> PresetItem:
    return PresetItem(
        id=preset.id,
        home=service.home_of(preset),
        workspace_id=preset.workspace_id,
        name=preset.name,
        description=preset.description,
        category=preset.category,
        config=preset.config,
        created_by=preset.created_by,
        created_at=preset.created_at,
        updated_at=preset.updated_at,
    )
