"""Control maps of the canvas: an engine job each, whose result becomes a layer that guides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect, Signal
from PySide6.QtGui import QImage

from app.painting.compose import flatten
from app.painting.document import Document
from app.painting.errand import png
from app.painting.layers import Layer, LayerKind
from app.painting.tiles import Key, Tile, cut, image_over, pixels_of
from app.session import StudioSession
from engine.protocol.events import TERMINAL, AnyEvent, ArtifactMade, Failed
from engine.protocol.ids import new_id

if TYPE_CHECKING:
    from engine.protocol.artifacts import Artifact

MAP_NAMES = {"pose": "Pose", "line-art": "Line art", "canny": "Edges", "depth": "Depth"}


class MapMaker(QObject):
    """Emits `made()` when a map has become a layer."""

    made = Signal()

    def __init__(self, session: StudioSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._asked: dict[str, tuple[Document, QRect, str]] = {}
        session.job_event.connect(self._take)
        session.closed.connect(self._asked.clear)

    def make(self, document: Document, kind: str) -> None:
        """Have a map of this kind (a ControlKind's value) made of what the canvas shows."""
        library, painting = self._session.library, document.painting
        if library is None:
            return

        def send(blob: str) -> None:
            from engine.protocol.picture_options import ControlKind
            from engine.protocol.recipes import ControlMapRecipe, PictureFile

            recipe = ControlMapRecipe(control=ControlKind(kind), source=PictureFile(blob=blob))
            job = self._session.submit(recipe)
            if job is not None:
                self._asked[job.id] = document, painting.frame, kind

        self._session.background.run(lambda: library.blobs.add_bytes(png(flatten(painting))), send)

    def _take(self, event: AnyEvent) -> None:
        if event.job_id not in self._asked:
            return
        if isinstance(event, ArtifactMade) and event.artifact.role == "control-map":
            self._fetch(event.job_id, event.artifact)
        elif isinstance(event, Failed):
            self._session.say(event.sentence, "error", event.details)
        if isinstance(event, TERMINAL) and not isinstance(event, ArtifactMade):
            self._asked.pop(event.job_id, None)

    def _fetch(self, job_id: str, artifact: Artifact) -> None:
        library = self._session.library
        document, frame, kind = self._asked[job_id]
        if library is None:
            return
        path = str(library.blobs.path(artifact.blob))

        def work() -> dict[Key, Tile]:
            image = QImage(path)
            return {} if image.isNull() else cut(without_black(image), (frame.left(), frame.top()))

        self._session.background.run(work, lambda tiles: self._place(document, tiles, kind))

    def _place(self, document: Document, tiles: dict[Key, Tile], kind: str) -> None:
        painting = document.painting
        old = next((layer for layer in painting.layers if layer.control == kind), None)
        if old is not None:
            document.apply("new map", painting.changed(old.id, tiles=tiles, visible=True))
        else:
            layer = Layer(new_id(), MAP_NAMES[kind], LayerKind.CONTROL, control=kind, tiles=tiles)
            active = painting.active
            painting = painting.added(layer)
            # What was being painted on stays in the hand.
            document.apply("control map", painting.activated(active))
        self.made.emit()


def without_black(image: QImage) -> QImage:
    """A map whose black ground is clear, so that the picture shows through; on black it is the same again."""
    pixels = pixels_of(image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)).copy()
    pixels[..., 3] = pixels[..., :3].max(axis=2)
    return image_over(pixels).copy()
