"""Finding and writing presets, and who may."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from sync_server.access.check import require, require_scope
from sync_server.access.principal import Principal
from sync_server.access.roles import Action, Scope
from sync_server.accounts.lock import lock_user
from sync_server.database.base import now
from sync_server.presets.models import Preset
from sync_server.presets.schemas import Home, NewPreset, PresetChange
from sync_server.problems import BadRequest, Conflict, Forbidden, Missing
from sync_server.workspaces.models import Membership, Workspace

MAX_PRESETS = 1000
"""Of a person, and of a workspace."""


def home_of(preset: Preset) -> Home:
    if preset.workspace_id is not None:
        return Home.SHARED
    return Home.DEFAULT if preset.owner_id is None else Home.OWN


def list_presets(
    session: Session,
    caller: Principal,
    *,
    home: Home | None,
    workspace_id: str | None,
    category: str | None,
    search: str,
    after: str | None,
    limit: int,
) -> Sequence[Preset]:
    """Those that the caller may see, the oldest first: every word of `search` stands in the name or description."""
    require_scope(caller, Scope.READ)
    wanted = [_visible(caller, home)]
    if workspace_id is not None:
        wanted.append(Preset.workspace_id == workspace_id)
    if category is not None:
        wanted.append(Preset.category == category)
    if after is not None:
        wanted.append(Preset.id > after)
    wanted += [Preset.words.contains(word, autoescape=True) for word in search.casefold().split()]
    return session.scalars(select(Preset).where(*wanted).order_by(Preset.id).limit(limit)).all()


def get_preset(session: Session, caller: Principal, preset_id: str) -> Preset:
    """Raises Missing, also for those of others."""
    require_scope(caller, Scope.READ)
    return _found(session, caller, preset_id)


def create_preset(session: Session, caller: Principal, new: NewPreset) -> Preset:
    """Raises BadRequest, Forbidden, Missing (the workspace), Conflict when there are too many."""
    if (new.home == Home.SHARED) != (new.workspace_id is not None):
        raise BadRequest("A shared preset needs a workspace, and only a shared one has it.")
    preset = Preset(
        owner_id=caller.user_id if new.home == Home.OWN else None,
        workspace_id=new.workspace_id,
        created_by=caller.user_id,
        name=new.name,
        description=new.description,
        category=new.category,
        words=_words(new.name, new.description),
        config=new.config,
        updated_at=now(),
    )
    _require_writing(session, caller, preset)
    _require_room(session, caller, preset)
    session.add(preset)
    session.flush()
    return preset


def change_preset(session: Session, caller: Principal, preset_id: str, change: PresetChange) -> Preset:
    """Raises Missing, Forbidden."""
    preset = _found(session, caller, preset_id)
    _require_writing(session, caller, preset)
    for name in change.model_fields_set:
        value = getattr(change, name)
        if value is not None:
            setattr(preset, name, value)
    preset.words = _words(preset.name, preset.description)
    preset.updated_at = now()
    return preset


def delete_preset(session: Session, caller: Principal, preset_id: str) -> None:
    """Raises Missing, Forbidden."""
    preset = _found(session, caller, preset_id)
    _require_writing(session, caller, preset)
    session.delete(preset)


def _found(session: Session, caller: Principal, preset_id: str) -> Preset:
    preset = session.scalar(select(Preset).where(Preset.id == preset_id, _visible(caller, None)))
    if preset is None:
        raise Missing("There is no such preset, or it isn't shared with you.")
    return preset


def _visible(caller: Principal, home: Home | None) -> ColumnElement[bool]:
    mine = (
        select(Membership.workspace_id)
        .join(Workspace)
        .where(Membership.user_id == caller.user_id, Workspace.trashed_at.is_(None))
    )
    homes: dict[Home, ColumnElement[bool]] = {
        Home.DEFAULT: and_(Preset.owner_id.is_(None), Preset.workspace_id.is_(None)),
        Home.OWN: Preset.owner_id == caller.user_id,
        Home.SHARED: Preset.workspace_id.in_(mine),
    }
    return or_(*homes.values()) if home is None else homes[home]


def _require_writing(session: Session, caller: Principal, preset: Preset) -> None:
    require_scope(caller, Scope.WRITE)
    if preset.workspace_id is not None:
        require(session, caller, Action.EDIT, preset.workspace_id)
    elif preset.owner_id is None and not (caller.is_admin and caller.device_id is not None):
        raise Forbidden("Only an administrator of this server, signed in, can write its default presets.")


def _require_room(session: Session, caller: Principal, preset: Preset) -> None:
    lock_user(session, caller.user_id)
    beside = (
        Preset.owner_id == preset.owner_id
        if preset.workspace_id is None
        else Preset.workspace_id == preset.workspace_id
    )
    if (session.scalar(select(func.count()).select_from(Preset).where(beside)) or 0) >= MAX_PRESETS:
        raise Conflict(f"There are {MAX_PRESETS} presets already; delete some before making more.")


def _words(name: str, description: str) -> str:
    return f"{name} {description}".casefold()[:1200]
