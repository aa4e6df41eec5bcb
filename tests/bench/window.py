"""How soon the studio's window is painted, beside a bare QMainWindow in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time

from tests.bench.report import line, median_of

BARE = """
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([])
class Window(QMainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        QTimer.singleShot(0, lambda: (print("painted", flush=True), app.exit()))
window = Window()
window.resize(1440, 900)
window.show()
app.exec()
"""


STUDIO = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
app = QApplication([])
from app.run import Run
run = Run(app, Path(sys.argv[1]))
run.window.painted.connect(lambda: (print("painted", flush=True), QTimer.singleShot(0, run.window.close)))
run.window.closing.connect(app.quit)
run.show()
app.exec()
run.close()
"""


def seconds_to_paint(command: list[str]) -> float:
    """From starting the process to its line "painted"."""
    began = time.perf_counter()
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")},
    )
    assert process.stdout is not None
    for text in process.stdout:
        if text.startswith("painted"):
            break
    seconds = time.perf_counter() - began
    process.wait(timeout=60)
    return seconds


def bench() -> None:
    bare = median_of(5, lambda: seconds_to_paint([sys.executable, "-c", BARE]))
    with tempfile.TemporaryDirectory() as library:
        studio = median_of(5, lambda: seconds_to_paint([sys.executable, "-c", STUDIO, library]))
    line(
        "Window visible", f"{studio:.2f} s; bare QMainWindow {bare:.2f} s; ratio {studio / bare:.2f}",
        goal="under 1 s", met=studio < 1.0,
    )  # fmt: skip
