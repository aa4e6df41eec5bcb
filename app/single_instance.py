"""One studio per library: a second one raises the first and goes."""

from __future__ import annotations

import hashlib
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

CONNECT_MS = 800
ANSWER_MS = 4_000
HELLO = b"raise\n"


def server_name(folder: Path) -> str:
    """The name under which the studio of a library listens."""
    return "mascotforge-" + hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:20]


def raise_other(folder: Path) -> bool:
    """Ask the studio that has this library open to come to the front; False when there is none."""
    socket = QLocalSocket()
    socket.connectToServer(server_name(folder))
    if not socket.waitForConnected(CONNECT_MS):
        return False
    socket.write(HELLO)
    socket.waitForBytesWritten(ANSWER_MS)
    # The answer may have come while the greeting was being written.
    answered = socket.bytesAvailable() > 0 or socket.waitForReadyRead(ANSWER_MS)
    socket.disconnectFromServer()
    return answered


class Doorbell(QObject):
    """Listens for second studios. Emits `rung()`."""

    rung = Signal()

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._answer)
        self.listen(folder)

    def listen(self, folder: Path) -> None:
        """Listen for the library in `folder` from now on. A name left by a crash is taken over."""
        name = server_name(folder)
        self._server.close()
        if not self._server.listen(name):
            QLocalServer.removeServer(name)
            self._server.listen(name)

    def close(self) -> None:
        self._server.close()

    def _answer(self) -> None:
        while self._server.hasPendingConnections():
            socket = self._server.nextPendingConnection()
            socket.readyRead.connect(lambda s=socket: s.readAll())
            socket.disconnected.connect(socket.deleteLater)
            socket.write(b"here\n")
            socket.flush()
            self.rung.emit()
