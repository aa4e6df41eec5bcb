"""OpenGL where it is real, the software path elsewhere; the reason is for the user's tooltip."""

from __future__ import annotations

import os
from dataclasses import dataclass

from PySide6.QtGui import QGuiApplication, QOffscreenSurface, QOpenGLContext
from PySide6.QtWidgets import QWidget

from app.stage.gl_canvas import GLCanvas, surface_format
from app.stage.scene import StageScene
from app.stage.software_canvas import SoftwareCanvas

GL_RENDERER = 0x1F01
PLATFORMS_WITHOUT_OPENGL = frozenset({"offscreen", "minimal", "vnc", "linuxfb"})
PROCESSOR_RENDERERS = ("llvmpipe", "softpipe", "swiftshader", "basic render", "software rasterizer")
OVERRIDE = "MASCOTFORGE_STAGE"
"""`opengl` or `software` in this environment variable overrules the choice."""

Canvas = GLCanvas | SoftwareCanvas


@dataclass(frozen=True)
class CanvasChoice:
    software: bool
    reason: str


def choose(software: bool | None = None) -> CanvasChoice:
    """Which canvas fits this display; `software` decides when it is given."""
    asked = os.environ.get(OVERRIDE, "")
    if software is None and asked in ("opengl", "software"):
        software = asked == "software"
    if software is not None:
        return CanvasChoice(software, "Drawn by the processor, as asked" if software else "Drawn by OpenGL, as asked")
    if QGuiApplication.platformName() in PLATFORMS_WITHOUT_OPENGL:
        return CanvasChoice(True, "Drawn by the processor: this display has no OpenGL")
    renderer = _renderer()
    if renderer is None:
        return CanvasChoice(True, "Drawn by the processor: OpenGL 3.3 is not available here")
    if any(name in renderer.lower() for name in PROCESSOR_RENDERERS):
        return CanvasChoice(True, "Drawn by the processor: OpenGL has no graphics card behind it here")
    return CanvasChoice(False, f"Drawn by OpenGL on {renderer}")


def make_canvas(choice: CanvasChoice, scene: StageScene, parent: QWidget | None = None) -> Canvas:
    canvas = SoftwareCanvas(scene, parent) if choice.software else GLCanvas(scene, parent)
    canvas.setToolTip(choice.reason)
    return canvas


def _renderer() -> str | None:
    """The name of what draws, or None when no context of the wanted version can be made."""
    context = QOpenGLContext()
    context.setFormat(surface_format())
    if not context.create() or context.format().version() < (3, 3):
        return None
    surface = QOffscreenSurface()
    surface.setFormat(context.format())
    surface.create()
    if not context.makeCurrent(surface):
        return None
    name = str(context.functions().glGetString(GL_RENDERER))
    context.doneCurrent()
    surface.destroy()
    return name
