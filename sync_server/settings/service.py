"""Reading and merging a person's settings."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from sync_server.accounts.lock import lock_user
from sync_server.database.base import now
from sync_server.json_values import json_bytes
from sync_server.problems import TooLarge
from sync_server.settings.models import UserSettings
from sync_server.settings.schemas import Settings, SettingsChange

MAX_BYTES = 128 * 1024
MAX_FIELDS = 100


def settings_of(session: Session, user_id: str) -> Settings:
    row = session.get(UserSettings, user_id)
    return Settings.model_validate({} if row is None else row.chosen)


def change_settings(session: Session, user_id: str, change: SettingsChange) -> Settings:
    """Merge and keep. Raises TooLarge when everything together is more than the server keeps."""
    lock_user(session, user_id)
    row = session.get(UserSettings, user_id)
    if row is None:
        row = UserSettings(user_id=user_id, chosen={}, updated_at=now())
        session.add(row)
    named = change.model_dump(mode="json", exclude_unset=True)
    merged = _merged(row.chosen, named)
    if isinstance(named.get("studio"), dict):
        merged["studio"] = _merged(row.chosen.get("studio", {}), named["studio"])
    if len(merged) > MAX_FIELDS or json_bytes(merged) > MAX_BYTES:
        raise TooLarge(f"Settings may take {MAX_BYTES // 1024} KiB; remove some before adding more.")
    row.chosen = merged
    row.updated_at = now()
    return Settings.model_validate(merged)


def _merged(old: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    both = {**old, **change}
    return {name: value for name, value in both.items() if value is not None}
