"""What one server process holds: configuration, database, and the services that its rooms share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sync_server.config import ServerConfig
from sync_server.database.database import Database
from sync_server.realtime.hub import Hub

T = TypeVar("T")


@dataclass
class ServerState:
    """Rooms add their services as fields when the app is made (`sync_server/app.py`)."""

    config: ServerConfig
    database: Database
    hub: Hub = field(default_factory=Hub)
    services: dict[type[Any], Any] = field(default_factory=dict[type[Any], Any])

    starters: list[Callable[[], None]] = field(default_factory=list[Callable[[], None]])
    """Called in this order when the server starts: threads and child processes begin here, not when the app is made."""
    closers: list[Callable[[], None]] = field(default_factory=list[Callable[[], None]])
    """Called in reverse order when the server ends; the database closes after them."""

    def add(self, service: object) -> None:
        """Hand a service to all rooms under its class."""
        self.services[type(service)] = service

    def get(self, kind: type[T]) -> T:
        """The service of this class, or of a subclass of it. Raises KeyError when there is none."""
        if kind in self.services:
            return self.services[kind]
        for service in self.services.values():
            if isinstance(service, kind):
                return service
        raise KeyError(kind.__name__)
