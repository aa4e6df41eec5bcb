"""The counter of views, written by the janitor and once more at the end."""

from __future__ import annotations

from fastapi import FastAPI

from sync_server.blobs.janitor import Janitor
from sync_server.publications.views import EVERY_S, Views
from sync_server.state import ServerState


def install(_app: FastAPI, state: ServerState) -> None:
    views = Views(state.database)
    state.add(views)
    state.get(Janitor).add("views", EVERY_S, views.write)
    state.closers.append(views.write)
