"""A network between a client and its server that can break or be slow."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from urllib.parse import urlsplit


class Line:
    """A way to the server that carries so many bytes and then breaks, until it is mended; with `pause_s` it is slow."""

    def __init__(self, server: str) -> None:
        self._target = (urlsplit(server).hostname or "", urlsplit(server).port or 80)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.pause_s = 0.0
        """After every 4 KiB."""
        self.carried = 0
        self._guard = threading.Lock()
        self._left: int | None = None
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def carry(self, most: int | None) -> None:
        """`None`: as much as comes. Connections of before are cut."""
        with self._guard:
            self._left = most
            broken, self._open = self._open, set()
        for one in broken:
            _cut(one)

    def close(self) -> None:
        self._listener.close()
        self.carry(0)

    def _accept(self) -> None:
        while True:
            try:
                here, _ = self._listener.accept()
                there = socket.create_connection(self._target)
            except OSError:
                return
            with self._guard:
                self._open |= {here, there}
            for source, sink in ((here, there), (there, here)):
                threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(4096):
                with self._guard:
                    left = len(data) if self._left is None else min(len(data), self._left)
                    self.carried += left
                    self._left = None if self._left is None else self._left - left
                sink.sendall(data[:left])
                if self.pause_s:
                    time.sleep(self.pause_s)
                if left < len(data):
                    break
        _cut(source)
        _cut(sink)


def _cut(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
