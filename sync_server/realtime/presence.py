"""Who is in which project now: everywhere on a larger server, and forgotten after 30 seconds of silence.

Each process says for its own sockets who is there; all of them put together is what is shown. Lives on the event loop.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from dataclasses import dataclass

from pydantic import BaseModel, JsonValue

from engine.protocol.ids import new_id
from engine.protocol.people import colour_of
from engine.protocol.sync import Person, Present
from sync_server.projects.service import project_channel
from sync_server.realtime.hub import Hub, Listener

CHANNEL = "presence"
FORGOTTEN_S = 30.0
SHOWN_EVERY_S = 0.05
"""Cursors move often; the others are told in this rhythm."""
_SWEEP_S = 5.0


class PeopleHere(BaseModel):
    """From one process to all: everyone whom it has in a project, in place of what it said before."""

    process: str
    project_id: str
    people: list[Person]


@dataclass
class _Place:
    person: Person
    until: float


class Presence:
    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._process = new_id()
        self._here: defaultdict[str, dict[Listener, _Place]] = defaultdict(dict)
        self._everywhere: defaultdict[str, dict[str, tuple[list[Person], float]]] = defaultdict(dict)
        self._changed: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None
        hub.on_unsubscribed.append(self._unsubscribed)
        hub.handlers[CHANNEL] = lambda text: self._heard(PeopleHere.model_validate_json(text))

    def show(self, listener: Listener, project_id: str, name: str, place: dict[str, JsonValue]) -> None:
        """This person is here; told again before 30 seconds are over, or forgotten."""
        principal = listener.principal
        person = Person(
            user_id=principal.user_id,
            name=name,
            device_id=principal.device_id or principal.api_key_id or "",
            colour=colour_of(principal.user_id),
            place=place,
        )
        self._here[project_id][listener] = _Place(person, time.monotonic() + FORGOTTEN_S)
        self._tell_soon(project_id)

    def leave(self, listener: Listener, project_id: str | None = None) -> None:
        """The socket left one project, or all."""
        for one in [project_id] if project_id is not None else list(self._here):
            if self._here[one].pop(listener, None) is not None:
                self._tell_soon(one)

    def _unsubscribed(self, listener: Listener, channel: str) -> None:
        kind, _, project_id = channel.partition(":")
        if kind == "project" and project_id in self._here:
            self.leave(listener, project_id)

    def people(self, project_id: str) -> Present:
        """Everyone who is there now, in this process and in others."""
        known = {
            (person.user_id, person.device_id): person
            for people, _ in self._everywhere[project_id].values()
            for person in people
        }
        return Present(project_id=project_id, people=[known[key] for key in sorted(known)])

    async def sweep(self) -> None:
        """Forget who has been silent; runs as long as the server."""
        while True:
            await asyncio.sleep(_SWEEP_S)
            self.forget_silent()

    def forget_silent(self) -> None:
        now = time.monotonic()
        for project_id, places in list(self._here.items()):
            gone = [
                listener
                for listener, place in places.items()
                if place.until < now or project_channel(project_id) not in listener.channels
            ]
            for listener in gone:
                del places[listener]
            if gone or places:
                # Also when nothing changed: other processes forget who isn't named again.
                self._tell_soon(project_id)
            if not places:
                del self._here[project_id]
        for project_id, said in list(self._everywhere.items()):
            silent = [process for process, (_, until) in said.items() if until < now]
            for process in silent:
                del said[process]
            if silent:
                self._deliver(project_id)
            if not said:
                del self._everywhere[project_id]

    def _tell_soon(self, project_id: str) -> None:
        self._changed.add(project_id)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(SHOWN_EVERY_S, self._tell)

    def _tell(self) -> None:
        self._timer = None
        changed, self._changed = self._changed, set()
        for project_id in changed:
            places = self._here.get(project_id, {})
            people = [
                place.person for listener, place in places.items() if project_channel(project_id) in listener.channels
            ]
            self._hub.publish(CHANNEL, PeopleHere(process=self._process, project_id=project_id, people=people))

    def _heard(self, said: PeopleHere) -> None:
        before = self.people(said.project_id)
        if said.people:
            self._everywhere[said.project_id][said.process] = (said.people, time.monotonic() + FORGOTTEN_S)
        else:
            self._everywhere[said.project_id].pop(said.process, None)
        if self.people(said.project_id) != before:
            self._deliver(said.project_id)

    def _deliver(self, project_id: str) -> None:
        self._hub.deliver(project_channel(project_id), self.people(project_id).model_dump_json())
