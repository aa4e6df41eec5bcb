"""Every table of the server, known to the metadata once this module is imported. A room adds its models here."""

from __future__ import annotations

from importlib import import_module

from sqlalchemy import MetaData

from sync_server.database.base import Base

MODEL_ROOMS: tuple[str, ...] = (
    "sync_server.accounts.models",
    "sync_server.mail.models",
    "sync_server.http.models",
    "sync_server.workspaces.models",
    "sync_server.invitations.models",
    "sync_server.audit.models",
    "sync_server.projects.models",
    "sync_server.logs.models",
    "sync_server.notifications.models",
    "sync_server.settings.models",
    "sync_server.presets.models",
    "sync_server.api_keys.models",
    "sync_server.second_factor.models",
    "sync_server.oauth.models",
    "sync_server.blobs.models",
    "sync_server.assets.models",
    "sync_server.publications.models",
)


def all_tables() -> MetaData:
    """The metadata of all tables."""
    for room in MODEL_ROOMS:
        import_module(room)
    return Base.metadata
