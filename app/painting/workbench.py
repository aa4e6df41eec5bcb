"""The canvas that is open: the easel it stands on, its autosave, and what it asked the engine for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect, Signal
from PySide6.QtGui import QImage

from app.painting.archive import Archive, Canvas
from app.painting.autosave import Autosave
from app.painting.brush_memory import BrushMemory
from app.painting.commission import Commission
from app.painting.document import Document
from app.painting.easel import Easel, Edges
from app.painting.errand import Errand, prepare
from app.painting.history import History
from app.painting.journal import Journal, Opened
from app.painting.layers import Layer, LayerKind, Painting
from app.painting.outcome import Outcome
from app.painting.tiles import cut
from app.painting.variants import Variants
from app.session import StudioSession
from engine.protocol.errors import BadInput, MascotError
from engine.protocol.ids import new_id

if TYPE_CHECKING:
    from engine.library.gallery import Entry
    from engine.protocol.recipes import PictureRecipe

MAX_EDGE = 4096
UNSAVED = "The canvas could not be saved; it is tried again with every stroke."


class Workbench(QObject):
    """Signals: `opened(Canvas | None)` when another canvas is on the easel (None: none), `saved()`,
    `thrown_away()` when one went to the trash."""

    opened = Signal(object)
    saved = Signal()
    thrown_away = Signal()

    def __init__(self, session: StudioSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.easel = Easel(Document.blank(1024, 1024), self)
        self.canvas: Canvas | None = None
        self.strength, self.feather = 0.6, 16
        self.last_recipe: PictureRecipe | None = None
        self.variants = Variants(self)
        self.commission = Commission(session, self)
        self.commission.arrived.connect(self._arrived)
        self.brushes = BrushMemory(session, self.easel, self)
        self._autosave: Autosave | None = None
        session.closing.connect(self.close)
        session.project_changed.connect(self._project_changed)

    @property
    def archive(self) -> Archive | None:
        library, project = self.session.library, self.session.project
        return Archive(library, project.id) if library is not None and project is not None else None

    # opening and closing

    def start(self, name: str, width: int, height: int) -> None:
        """A new, empty canvas."""
        self._begin(name, Document.blank(width, height), "")

    def edit(self, entry: Entry, title: str) -> None:
        """The canvas of a picture of the gallery: the one that was begun from it, or a new one."""
        archive, library = self.archive, self.session.library
        if archive is None or library is None:
            return
        path = library.blobs.path(entry.artifact.blob)

        def work() -> Canvas | QImage:
            return archive.of_entry(entry.id) or QImage(str(path))

        def show(found: Canvas | QImage) -> None:
            if isinstance(found, Canvas):
                self.open(found)
            else:
                self._begin_with(found, title, entry.id)

        self.session.background.run(work, show)

    def open(self, canvas: Canvas) -> None:
        """Open a canvas with its history."""

        def show(opened: Opened) -> None:
            self._put_on(Document(opened.history), canvas)
            if opened.lost:
                self.session.say(
                    f"{opened.lost} pieces of this canvas could not be read and were left blank.", "warning"
                )

        self.session.background.run(Journal(canvas.folder).open, show)

    def open_last(self) -> None:
        """The canvas of this project that was open last, if there is one."""
        archive = self.archive
        wanted = self.session.recall(self._memory)
        if archive is not None and wanted:
            canvases = archive.list
            self.session.background.run(canvases, lambda found: self._open_if_there(found, str(wanted)))

    def close(self) -> None:
        """Write what waits and put the canvas away."""
        autosave, self._autosave = self._autosave, None
        if autosave is None:
            return
        try:
            autosave.flush()
        except MascotError as error:
            self.session.report(error)
        self.commission.forget()
        self.easel.document.put_away()
        self.canvas = self.last_recipe = None
        self.variants.keep()
        self.opened.emit(None)

    def throw_away(self) -> None:
        """Move the open canvas into the trash."""
        canvas, archive = self.canvas, self.archive
        if canvas is None or archive is None:
            return
        self.close()
        try:
            archive.trash(canvas)
        except MascotError as error:
            self.session.report(error)
        self.thrown_away.emit()

    def bring_back(self, canvas: Canvas) -> None:
        """Bring a canvas back from the trash and open it."""
        archive = self.archive
        if archive is not None:
            self.session.background.run(lambda: archive.restore(canvas), self.open, self.session.report)

    @property
    def _memory(self) -> str:
        project = self.session.project
        return f"canvas.{project.id}" if project else "canvas"

    def _open_if_there(self, found: Sequence[Canvas], wanted: str) -> None:
        canvas = next((canvas for canvas in found if canvas.id == wanted), None)
        if canvas is not None and self.canvas is None:
            self.open(canvas)

    def _begin_with(self, image: QImage, title: str, entry_id: str) -> None:
        if image.isNull() or max(image.width(), image.height()) > MAX_EDGE:
            reason = "can't be read" if image.isNull() else f"is larger than {MAX_EDGE} pixels"
            self.session.report(BadInput(f"This picture {reason}, so it can't be painted on; choose another one."))
            return

        layer = Layer(new_id(), "Picture", LayerKind.PICTURE, tiles=cut(image))
        painting = Painting(QRect(0, 0, image.width(), image.height()), (layer,), layer.id)
        self._begin(title, Document(History(painting)), entry_id)

    def _begin(self, name: str, document: Document, entry_id: str) -> None:
        archive = self.archive
        if archive is None:
            self.session.say("The library is still opening; try again in a moment.", "warning")
            return
        try:
            canvas = archive.create(name, entry_id)
        except MascotError as error:
            self.session.report(error)
            return
        self._put_on(document, canvas)
        if self._autosave is not None:
            self._autosave.begin()

    def _put_on(self, document: Document, canvas: Canvas) -> None:
        self.close()
        self.canvas = canvas
        document.setParent(self)
        autosave = Autosave(document, Journal(canvas.folder), self.session.background)
        autosave.failed.connect(lambda error: self.session.say(f"{UNSAVED} {error.sentence}", "error"))
        autosave.saved.connect(self.saved)
        self._autosave = autosave
        before = self.easel.document
        self.easel.set_document(document)
        before.put_away()
        before.deleteLater()
        self.session.remember(self._memory, canvas.id)
        self.opened.emit(canvas)

    def _project_changed(self, _project: object) -> None:
        if self.canvas is not None and self.archive is not None and self.canvas.folder.parent != self.archive.folder:
            self.close()

    # the engine

    def generate(self, recipes: Sequence[PictureRecipe]) -> None:
        """Have the canvas (its mask, what is selected, or what is beyond its edges) made by these recipes."""
        library = self.session.library
        if library is None or self.canvas is None or not recipes:
            return
        easel, blobs = self.easel, library.blobs
        document, selection, edges = easel.document, easel.selection, easel.edges
        painting, strength, feather = document.painting, self.strength, self.feather

        def send(errand: Errand) -> None:
            if easel.document is document:
                self._send(errand, recipes)

        self.session.background.run(lambda: prepare(painting, selection, edges, strength, feather, blobs), send)

    def _send(self, errand: Errand, recipes: Sequence[PictureRecipe]) -> None:
        from pydantic import ValidationError

        from engine.protocol.sentences import sentence_for

        try:
            asked = [errand.recipe(recipe, self.session.guidance.guide.references) for recipe in recipes]
        except ValidationError as error:
            self.session.say(sentence_for(error), "error")
            return
        self.last_recipe = asked[0]
        self.variants.expect(self.easel.document, _name(asked[0]))
        self.commission.submit(errand, asked)

    def _arrived(self, outcome: Outcome) -> None:
        self.variants.add(outcome)
        self.easel.set_edges(Edges())


def _name(recipe: PictureRecipe) -> str:
    words = " ".join(recipe.prompt.split())
    return words if len(words) <= 28 else f"{words[:27].rstrip()}…"
