"""Where the docks stand: remembered with the library, and set back with one command."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import QMainWindow

from app.session import StudioSession
from app.window.docks import Dock

VERSION = 2


def default_layout(window: QMainWindow, create: Dock, gallery: Dock, queue: Dock, comments: Dock) -> None:
    """Create at the left, the gallery at the right with the queue below it; comments come when they are wanted."""
    for dock in (create, gallery, queue, comments):
        dock.setFloating(False)
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, create)
    window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, gallery)
    window.splitDockWidget(gallery, queue, Qt.Orientation.Vertical)
    window.tabifyDockWidget(queue, comments)
    for dock in (create, gallery, queue):
        dock.show()
    comments.hide()
    narrow = window.width() < 1300
    window.resizeDocks([create, gallery], [324, 260] if narrow else [340, 384], Qt.Orientation.Horizontal)
    window.resizeDocks([gallery, queue], [620, 230], Qt.Orientation.Vertical)


def save_layout(window: QMainWindow, session: StudioSession) -> None:
    """Remember the docks and the window's size and place."""
    session.remember("layout", _text(window.saveState(VERSION)))
    session.remember("geometry", _text(window.saveGeometry()))


def restore_layout(window: QMainWindow, session: StudioSession) -> bool:
    """Put the docks where they were; False when nothing (or nothing usable) is remembered."""
    geometry, layout = session.recall("geometry"), session.recall("layout")
    if isinstance(geometry, str):
        window.restoreGeometry(QByteArray.fromBase64(geometry.encode()))
    return isinstance(layout, str) and window.restoreState(QByteArray.fromBase64(layout.encode()), VERSION)


def _text(state: QByteArray) -> str:
    return bytes(state.toBase64().data()).decode()
