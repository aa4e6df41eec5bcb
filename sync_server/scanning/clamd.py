"""The malware scanner clamd, spoken to over its socket. Whatever is not a clear "OK" is never "clean"."""

from __future__ import annotations

import logging
import socket
import struct
from collections.abc import Iterable
from enum import StrEnum

LOG = logging.getLogger("mascotforge.server.scanning")
TIMEOUT_S = 60.0
PIECE_BYTES = 256 * 1024


class ScanState(StrEnum):
    """What is known about a blob's harmlessness."""

    UNSCANNED = "unscanned"
    CLEAN = "clean"
    INFECTED = "infected"


class Clamd:
    """`address` is `host:port` or the path of a socket; empty means that there is no scanner."""

    def __init__(self, address: str, *, timeout_s: float = TIMEOUT_S) -> None:
        self.address = address
        self._timeout_s = timeout_s

    @property
    def configured(self) -> bool:
        return bool(self.address)

    def scan(self, pieces: Iterable[bytes]) -> ScanState:
        """UNSCANNED when there is no scanner, or it doesn't answer, or not plainly."""
        if not self.configured:
            return ScanState.UNSCANNED
        try:
            return _meaning(self._ask(pieces))
        except (OSError, ValueError) as error:
            LOG.warning("the malware scanner at %s can't be asked: %s", self.address, error)
            return ScanState.UNSCANNED

    def _ask(self, pieces: Iterable[bytes]) -> bytes:
        with self._connected() as connection:
            connection.sendall(b"zINSTREAM\0")
            for piece in pieces:
                for start in range(0, len(piece), PIECE_BYTES):
                    part = piece[start : start + PIECE_BYTES]
                    connection.sendall(struct.pack(">I", len(part)) + part)
            connection.sendall(struct.pack(">I", 0))
            return _until_zero(connection)

    def _connected(self) -> socket.socket:
        host, colon, port = self.address.rpartition(":")
        if colon and port.isdecimal():
            return socket.create_connection((host.strip("[]"), int(port)), self._timeout_s)
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(self._timeout_s)
        connection.connect(self.address)
        return connection


def _until_zero(connection: socket.socket) -> bytes:
    said = b""
    while not said.endswith(b"\0"):
        piece = connection.recv(4096)
        if not piece:
            raise ValueError("it hung up")
        said += piece
    return said.rstrip(b"\0")


def _meaning(answer: bytes) -> ScanState:
    if answer == b"stream: OK":
        return ScanState.CLEAN
    if answer.startswith(b"stream: ") and answer.endswith(b" FOUND"):
        LOG.warning("malware: %s", answer.decode(errors="replace"))
        return ScanState.INFECTED
    raise ValueError(answer.decode(errors="replace"))
