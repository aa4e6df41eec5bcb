"""What a test may not leave behind, and which of Qt's messages are no complaint."""

from __future__ import annotations

import gc
import threading
import time
from typing import Any

import psutil
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

HARMLESS = ("propagateSizeHints", "does not support raise", "does not support grabbing")
"""The offscreen platform has no window manager."""
PATIENCE_S = 3.0


class Leftovers:
    """Remembers what is there before a test and tells what is new after it."""

    def __init__(self, app: QApplication) -> None:
        self._app = app
        self._threads = set(threading.enumerate())
        self._children = {child.pid for child in psutil.Process().children(recursive=True)}
        self._timers = {id(timer) for timer in _active_timers()}
        self._widgets = {id(widget) for widget in app.topLevelWidgets()}

    def found(self) -> list[str]:
        """Names of threads, processes, timers and windows that a test left; they get a moment to go."""
        deadline = time.monotonic() + PATIENCE_S
        while (left := self._now()) and time.monotonic() < deadline:
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            self._app.processEvents()
            gc.collect()
            time.sleep(0.02)
        return left

    def _now(self) -> list[str]:
        threads = [thread.name for thread in threading.enumerate() if thread not in self._threads]
        children = psutil.Process().children(recursive=True)
        processes = [f"process {child.pid}" for child in children if child.pid not in self._children]
        timers = [repr(timer) for timer in _active_timers() if id(timer) not in self._timers]
        widgets = [repr(widget) for widget in self._app.topLevelWidgets() if id(widget) not in self._widgets]
        return threads + processes + timers + widgets


def _active_timers() -> list[QTimer]:
    # By type, not isinstance: that would ask what a weak proxy stands for, which may be gone.
    timers = [found for found in gc.get_objects() if issubclass(type(found), QTimer)]
    return [found for found in timers if isValid(found) and found.isActive()]


def unexpected_messages(qtlog: Any) -> list[str]:
    """Warnings and worse that Qt logged during the test."""
    return [
        record.message
        for record in qtlog.records
        if record.type_name in ("QtWarningMsg", "QtCriticalMsg", "QtFatalMsg")
        and not any(words in record.message for words in HARMLESS)
    ]
