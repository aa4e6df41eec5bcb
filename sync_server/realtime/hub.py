"""Who listens to which channel in this process. Sockets never wait for one another: a slow one is dropped."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from pydantic import BaseModel

from sync_server.access.principal import Principal

LOG = logging.getLogger("mascotforge.server.realtime")
MAX_WAITING = 1000
"""Messages that may wait for a slow socket before it is dropped; it comes back and pulls."""


@dataclass(eq=False)
class Listener:
    """One open socket."""

    principal: Principal
    waiting: asyncio.Queue[str | None] = field(default_factory=lambda: asyncio.Queue(MAX_WAITING))
    """A None ends the socket."""
    channels: dict[str, str] = field(default_factory=dict[str, str])
    """What it listens to, and the workspace to which each channel belongs; empty for channels of a person."""

    def send(self, message: BaseModel | str) -> bool:
        text = message if isinstance(message, str) else message.model_dump_json()
        try:
            self.waiting.put_nowait(text)
        except asyncio.QueueFull:
            return False
        return True


class Hub:
    """On the event loop's thread, but for `publish` and `end`, which any thread may call after `start`."""

    def __init__(self) -> None:
        self._channels: defaultdict[str, set[Listener]] = defaultdict(set)
        self._listeners: set[Listener] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.forward: Callable[[str, str], None] | None = None
        """Also tells the other processes of a larger server: channel, message."""
        self.handlers: dict[str, Callable[[str], None]] = {}
        """Channels meant for the processes themselves (revocations): each process calls its handler, on the loop."""
        self.on_unsubscribed: list[Callable[[Listener, str], None]] = []
        """Told of each socket that stops listening to a channel, of its own accord or not; on the loop."""

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    @property
    def listeners(self) -> Iterable[Listener]:
        return tuple(self._listeners)

    def channels(self) -> list[str]:
        """To which anyone in this process listens; from any thread."""
        return list(self._channels)

    def join(self, listener: Listener) -> None:
        self._listeners.add(listener)

    def leave(self, listener: Listener) -> None:
        for channel in list(listener.channels):
            self.unsubscribe(listener, channel)
        self._listeners.discard(listener)

    def subscribe(self, listener: Listener, channel: str, workspace_id: str = "") -> None:
        """Check the permission before, and once more after: a role may be lost between."""
        listener.channels[channel] = workspace_id
        self._channels[channel].add(listener)

    def unsubscribe(self, listener: Listener, channel: str) -> None:
        listener.channels.pop(channel, None)
        self._channels[channel].discard(listener)
        if not self._channels[channel]:
            del self._channels[channel]
        for told in self.on_unsubscribed:
            told(listener, channel)

    def publish(self, channel: str, message: BaseModel, *, but: Listener | None = None) -> None:
        """Send to everyone who listens to the channel, here and in other processes. Call it after the commit."""
        text = message.model_dump_json()
        if self.forward is not None:
            self.forward(channel, text)
        self.deliver(channel, text, but=but)

    def deliver(self, channel: str, text: str, *, but: Listener | None = None) -> None:
        """Send to the listeners of this process alone."""
        self._soon(lambda: self._deliver(channel, text, but))

    def end(self, wanted: Callable[[Listener], bool]) -> None:
        """Close the sockets of this process that fit, at once: signed out, account deleted."""

        def close() -> None:
            for listener in [listener for listener in self._listeners if wanted(listener)]:
                self._drop(listener)

        self._soon(close)

    def _deliver(self, channel: str, text: str, but: Listener | None) -> None:
        if channel in self.handlers:
            self.handlers[channel](text)
        for listener in tuple(self._channels.get(channel, ())):
            if listener is not but and not listener.send(text):
                LOG.warning("a socket of user %s was too slow for %s", listener.principal.user_id, channel)
                self._drop(listener)

    def _drop(self, listener: Listener) -> None:
        self.leave(listener)
        while not listener.waiting.empty():
            listener.waiting.get_nowait()
        listener.waiting.put_nowait(None)

    def _soon(self, work: Callable[[], None]) -> None:
        if self._loop is None or self._loop.is_closed():
            return
        try:
            running = asyncio.get_running_loop()
        except RuntimeError:
            running = None
        if running is self._loop:
            work()
        else:
            self._loop.call_soon_threadsafe(work)
