"""Unexpected errors: logged to the library's folder, shown as a note, never a crash."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

LOG_FILE = "studio.log"
LOG_BYTES = 1_000_000

log = logging.getLogger("app")


class LogFile:
    """The studio's log in the folder of the open library."""

    def __init__(self) -> None:
        self._handler: RotatingFileHandler | None = None

    def move_to(self, folder: Path) -> None:
        """Write to `folder`/studio.log from now on; a folder that can't be written to leaves no log."""
        self.close()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            handler = RotatingFileHandler(
                folder / LOG_FILE, maxBytes=LOG_BYTES, backupCount=2, encoding="utf-8", delay=True
            )
        except OSError:
            return
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        handler.setLevel(logging.WARNING)
        logging.getLogger().addHandler(handler)
        self._handler = handler

    def close(self) -> None:
        if self._handler is not None:
            logging.getLogger().removeHandler(self._handler)
            self._handler.close()
            self._handler = None


def install_hook(show: Callable[[BaseException, str], object]) -> Callable[[], None]:
    """Send every error that nobody caught to the log and to `show(error, traceback)`. Gives what undoes it."""
    before = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        log.error("unexpected error", exc_info=(kind, error, trace))
        show(error, "".join(traceback.format_exception(kind, error, trace)))

    def restore() -> None:
        sys.excepthook = before

    sys.excepthook = hook
    return restore
