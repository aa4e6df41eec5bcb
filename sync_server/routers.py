"""The rooms that answer requests, in the order of the API's documentation. A room adds its router here."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import import_module

from fastapi import APIRouter
from starlette.routing import BaseRoute

API = "/api/v1"
API_ROOMS: tuple[str, ...] = (
    "sync_server.accounts.routes",
    "sync_server.accounts.password_routes",
    "sync_server.accounts.profile_routes",
    "sync_server.workspaces.routes",
    "sync_server.invitations.routes",
    "sync_server.audit.routes",
    "sync_server.notifications.routes",
    "sync_server.settings.routes",
    "sync_server.presets.routes",
    "sync_server.api_keys.routes",
    "sync_server.second_factor.routes",
    "sync_server.oauth.routes",
    "sync_server.oauth.link_routes",
    "sync_server.projects.routes",
    "sync_server.logs.routes",
    "sync_server.comments.routes",
    "sync_server.versions.routes",
    "sync_server.realtime.routes",
    "sync_server.blobs.routes",
    "sync_server.assets.routes",
    "sync_server.publications.routes",
)
"""Modules with a `router` under `/api/v1`."""
PAGE_ROOMS: tuple[str, ...] = (
    "sync_server.accounts.pages",
    "sync_server.notifications.pages",
    "sync_server.blobs.signed_routes",
    "sync_server.publications.public_routes",
    "sync_server.http.health",
)
"""Modules with a `router` at the root: public pages, assets for a CDN, health."""


@cache
def routes() -> Sequence[BaseRoute]:
    """All of them. One process may have several applications; what FastAPI derives from a route is made once."""
    every = APIRouter()
    for room in API_ROOMS:
        every.include_router(import_module(room).router, prefix=API)
    for room in PAGE_ROOMS:
        every.include_router(import_module(room).router)
    return every.routes
