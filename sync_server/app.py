"""The server's application: state, rooms, middleware. `create_app` starts nothing that `lifespan` doesn't end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from importlib import import_module

from fastapi import FastAPI

from sync_server.config import ServerConfig
from sync_server.database.database import Database
from sync_server.http.documentation import DocumentedApi
from sync_server.http.errors import install_error_handlers
from sync_server.routers import API, routes
from sync_server.state import ServerState

SERVICES: tuple[str, ...] = (
    "sync_server.access.services",
    "sync_server.secrets.services",
    "sync_server.limits.services",
    "sync_server.http.services",
    "sync_server.mail.services",
    "sync_server.storage.services",
    "sync_server.scanning.services",
    "sync_server.blobs.services",
    "sync_server.publications.services",
    "sync_server.workspaces.services",
    "sync_server.accounts.services",
    "sync_server.api_keys.services",
    "sync_server.second_factor.services",
    "sync_server.oauth.services",
    "sync_server.notifications.services",
    "sync_server.logs.services",
    "sync_server.realtime.services",
)
"""Modules whose `install(app, state)` hands services to the state, in this order."""


def create_app(config: ServerConfig) -> FastAPI:
    """The application over a database that is migrated already."""
    config.data.mkdir(parents=True, exist_ok=True)
    state = ServerState(config, Database(config.database_url))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        state.hub.start(asyncio.get_running_loop())
        for start in state.starters:
            start()
        try:
            yield
        finally:
            for close in reversed(state.closers):
                await asyncio.to_thread(close)
            state.database.close()

    app = DocumentedApi(
        title="MascotForge server",
        version="1",
        description="Accounts, workspaces, projects that merge, files that arrive.",
        lifespan=lifespan,
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
        routes=list(routes()),
    )
    app.state.server = state
    install_error_handlers(app)
    for service in SERVICES:
        import_module(service).install(app, state)
    return app
