"""The stage drawn by OpenGL: textured triangles, premultiplied alpha, multisampled, in step with the screen."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QImage, QOpenGLFunctions, QResizeEvent, QSurfaceFormat, QVector2D, QVector3D
from PySide6.QtOpenGL import (
    QOpenGLBuffer,
    QOpenGLShader,
    QOpenGLShaderProgram,
    QOpenGLTexture,
    QOpenGLVertexArrayObject,
)
from PySide6.QtOpenGLWidgets import QOpenGLWidget
from PySide6.QtWidgets import QWidget

from app.stage.drawable import DrawnLayer, Points
from app.stage.pacing import FramePacer
from app.stage.scene import CHECKER_PIXELS, StageScene

GL_COLOR_BUFFER_BIT = 0x4000
GL_TRIANGLES = 0x0004
GL_TRIANGLE_STRIP = 0x0005
GL_FLOAT = 0x1406
GL_BLEND = 0x0BE2
GL_ONE = 1
GL_ONE_MINUS_SRC_ALPHA = 0x0303
SAMPLES = 4
FLOATS_PER_VERTEX = 4

MESH_VERTEX = """#version 330 core
layout(location = 0) in vec2 position;
layout(location = 1) in vec2 uv;
uniform vec2 scale;
uniform vec2 offset;
out vec2 place;
void main() {
    place = uv;
    gl_Position = vec4(position * scale + offset, 0.0, 1.0);
}
"""
MESH_FRAGMENT = """#version 330 core
in vec2 place;
uniform sampler2D picture;
out vec4 colour;
void main() { colour = texture(picture, place); }
"""
BOARD_VERTEX = """#version 330 core
void main() {
    vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
    gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
}
"""
BOARD_FRAGMENT = """#version 330 core
uniform vec2 square;
uniform float top;
uniform vec3 dark;
uniform vec3 light;
out vec4 colour;
void main() {
    vec2 cell = floor(vec2(gl_FragCoord.x, top - gl_FragCoord.y) / square);
    colour = vec4(mod(cell.x + cell.y, 2.0) < 0.5 ? dark : light, 1.0);
}
"""


def surface_format() -> QSurfaceFormat:
    """OpenGL 3.3 core, multisampled, in step with the screen."""
    wanted = QSurfaceFormat()
    wanted.setVersion(3, 3)
    wanted.setProfile(QSurfaceFormat.OpenGLContextProfile.CoreProfile)
    wanted.setSamples(SAMPLES)
    wanted.setSwapInterval(1)
    return wanted


@dataclass(eq=False)
class _LayerOnCard:
    texture: QOpenGLTexture
    buffer: QOpenGLBuffer
    corners: np.ndarray[tuple[int, ...], np.dtype[np.int32]]
    """Vertex index of every triangle corner."""
    data: np.ndarray[tuple[int, ...], np.dtype[np.float32]]
    """(corners, 4): x, y, u, v."""


class GLCanvas(QOpenGLWidget):
    """Draws the scene. `drawn(seconds)` follows each frame with the time that this thread spent on it."""

    drawn = Signal(float)

    def __init__(self, scene: StageScene, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFormat(surface_format())
        self._scene = scene
        self._layers: list[_LayerOnCard] = []
        self._stale = True
        self._mesh: QOpenGLShaderProgram | None = None
        self._board: QOpenGLShaderProgram | None = None
        self._arrays: QOpenGLVertexArrayObject | None = None
        self._gl: QOpenGLFunctions | None = None
        self._pacer = FramePacer(self)
        self._pacer.due.connect(self.update)
        self.frameSwapped.connect(self._swapped)
        scene.redraw.connect(self.update)
        scene.drawable_changed.connect(self._mark_stale)

    def release(self) -> None:
        """Free what lies on the graphics card; the canvas is done."""
        self._pacer.stop()
        if self.isValid():
            self.makeCurrent()
            self._free()
            self.doneCurrent()

    def initializeGL(self) -> None:
        # Called anew when the widget moves to another window: its context is another one then.
        context = self.context()
        context.aboutToBeDestroyed.connect(self._context_goes)
        self._gl = context.functions()
        self._mesh = _program(MESH_VERTEX, MESH_FRAGMENT)
        self._board = _program(BOARD_VERTEX, BOARD_FRAGMENT)
        self._arrays = QOpenGLVertexArrayObject()
        self._arrays.create()
        self._stale = True

    def resizeEvent(self, e: QResizeEvent) -> None:
        self._scene.resize(self.size().toSizeF())
        super().resizeEvent(e)

    def paintGL(self) -> None:
        began = time.perf_counter()
        gl, mesh, board, arrays = self._gl, self._mesh, self._board, self._arrays
        if gl is None or mesh is None or board is None or arrays is None:
            return
        arrays.bind()
        gl.glDisable(GL_BLEND)
        self._draw_board(gl, board)
        drawable = self._scene.drawable
        if self._stale:
            self._free_layers()
            self._layers = [_upload(layer) for layer in drawable.layers] if drawable is not None else []
            self._stale = False
        if drawable is not None:
            gl.glEnable(GL_BLEND)
            gl.glBlendFunc(GL_ONE, GL_ONE_MINUS_SRC_ALPHA)
            self._draw_layers(gl, mesh, drawable.positions(self._scene.clock.seconds()))
        arrays.release()
        self.drawn.emit(time.perf_counter() - began)

    def _draw_board(self, gl: QOpenGLFunctions, board: QOpenGLShaderProgram) -> None:
        dark, light = self._scene.backdrop_colours()
        ratio = self.devicePixelRatioF()
        board.bind()
        # setUniformValue picks its overload by Python type, and picks wrongly for numbers: the explicit calls don't.
        _set_vec2(board, "square", CHECKER_PIXELS * ratio, CHECKER_PIXELS * ratio)
        board.setUniformValue1f(board.uniformLocation("top"), float(round(self.height() * ratio)))
        _set_vec3(board, "dark", dark.redF(), dark.greenF(), dark.blueF())
        _set_vec3(board, "light", light.redF(), light.greenF(), light.blueF())
        gl.glDrawArrays(GL_TRIANGLE_STRIP, 0, 4)
        board.release()

    def _draw_layers(self, gl: QOpenGLFunctions, mesh: QOpenGLShaderProgram, positions: list[Points]) -> None:
        view, width, height = self._scene.view, max(self.width(), 1), max(self.height(), 1)
        mesh.bind()
        mesh.setUniformValue1i(mesh.uniformLocation("picture"), 0)
        _set_vec2(mesh, "scale", 2 * view.scale / width, -2 * view.scale / height)
        _set_vec2(mesh, "offset", 2 * view.x / width - 1, 1 - 2 * view.y / height)
        stride = FLOATS_PER_VERTEX * 4
        for layer, places in zip(self._layers, positions, strict=True):
            layer.data[:, :2] = places[layer.corners]
            layer.buffer.bind()
            layer.buffer.allocate(layer.data.tobytes(), layer.data.nbytes)
            mesh.enableAttributeArray(0)
            mesh.setAttributeBuffer(0, GL_FLOAT, 0, 2, stride)
            mesh.enableAttributeArray(1)
            mesh.setAttributeBuffer(1, GL_FLOAT, 8, 2, stride)
            layer.texture.bind(0)
            gl.glDrawArrays(GL_TRIANGLES, 0, len(layer.corners))
            layer.texture.release(0)
            layer.buffer.release()
        mesh.release()

    def _mark_stale(self) -> None:
        self._stale = True

    def _swapped(self) -> None:
        if self._scene.clock.playing and self.isVisible():
            self._pacer.frame_done()

    def _context_goes(self) -> None:
        self.makeCurrent()
        self._free()
        self.doneCurrent()

    def _free(self) -> None:
        self._free_layers()
        if self._arrays is not None:
            self._arrays.destroy()
        self._mesh = self._board = self._arrays = self._gl = None

    def _free_layers(self) -> None:
        for layer in self._layers:
            layer.texture.destroy()
            layer.buffer.destroy()
        self._layers = []


def _program(vertex: str, fragment: str) -> QOpenGLShaderProgram:
    program = QOpenGLShaderProgram()
    stages = QOpenGLShader.ShaderTypeBit
    linked = (
        program.addShaderFromSourceCode(stages.Vertex, vertex)
        and program.addShaderFromSourceCode(stages.Fragment, fragment)
        and program.link()
    )
    if not linked:
        raise RuntimeError(program.log())
    return program


def _upload(layer: DrawnLayer) -> _LayerOnCard:
    height, width = layer.pixels.shape[:2]
    pixels = np.ascontiguousarray(layer.pixels)
    # Tagged as straight alpha on purpose: QOpenGLTexture would divide premultiplied colours by their alpha.
    image = QImage(pixels.data, width, height, width * 4, QImage.Format.Format_RGBA8888)
    texture = QOpenGLTexture(image, QOpenGLTexture.MipMapGeneration.GenerateMipMaps)
    texture.setMinMagFilters(QOpenGLTexture.Filter.LinearMipMapLinear, QOpenGLTexture.Filter.Linear)
    texture.setWrapMode(QOpenGLTexture.WrapMode.ClampToEdge)
    buffer = QOpenGLBuffer(QOpenGLBuffer.Type.VertexBuffer)
    buffer.create()
    buffer.setUsagePattern(QOpenGLBuffer.UsagePattern.StreamDraw)
    corners = layer.triangles.reshape(-1)
    data = np.zeros((len(corners), FLOATS_PER_VERTEX), dtype=np.float32)
    data[:, 2:] = layer.uv[corners]
    return _LayerOnCard(texture, buffer, corners, data)


def _set_vec2(program: QOpenGLShaderProgram, name: str, x: float, y: float) -> None:
    program.setUniformValue(program.uniformLocation(name), QVector2D(x, y))


def _set_vec3(program: QOpenGLShaderProgram, name: str, x: float, y: float, z: float) -> None:
    program.setUniformValue(program.uniformLocation(name), QVector3D(x, y, z))
