"""The Paint tab: tools at the left, the canvas, what they can be told and the layers at the right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication, QImage, QKeySequence, QPainter, QShowEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from app.canvas.brush_panel import BrushPanel
from app.canvas.canvas_page import CanvasPage
from app.canvas.describe import entry_title
from app.canvas.drag_out import DragOut
from app.canvas.generate_bar import GenerateBar
from app.canvas.guides_panel import GuidesPanel
from app.canvas.hand import Hand
from app.canvas.layers_panel import LayersPanel
from app.canvas.paint_deeds import change_mask, fill, pick
from app.canvas.paint_view import PaintView
from app.canvas.progress_badge import ProgressBadge
from app.canvas.tool_strip import ToolStrip
from app.gallery.carry import DRAG_FOLDER
from app.painting import layer_deeds, masks
from app.painting.errand import Errand, png
from app.painting.history import History
from app.painting.map_maker import MapMaker
from app.painting.outgoing import clipboard_data, copied, export_png, picture_in, save_to_gallery
from app.painting.selection import NOTHING
from app.painting.tools.kinds import ToolKind
from app.painting.workbench import Workbench
from app.session import StudioSession
from app.theme.roles import set_role
from app.theme.tokens import SPACE_2, SPACE_3
from app.widgets.buttons import IconButton

if TYPE_CHECKING:
    from engine.library.gallery import Entry
    from engine.protocol.recipes import PictureRecipe

SIDE_PX = 216
NEW_SIZE = 1024
PAINTABLE = ("image/png", "image/jpeg", "image/webp", "image/bmp")


class PaintTab(QWidget):
    """`recipes` gives what the Create panel describes, or nothing after saying what is wrong with it.

    Emits `stepped()` when undo or redo may have become possible or impossible.
    """

    stepped = Signal()

    def __init__(
        self, session: StudioSession, recipes: Callable[[], Sequence[PictureRecipe]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._recipes = session, recipes
        self.bench = Workbench(session, self)
        self.easel = self.bench.easel
        self.maps = MapMaker(session, self)
        self.view = PaintView(self.easel)
        self.hand = Hand(
            self.view,
            lambda point: fill(session, self.easel, point),
            lambda point: pick(self.easel, point),
            self._own_keys(),
        )
        self.strip = ToolStrip(self.easel)
        self.brushes = BrushPanel(self.easel)
        self.layers = LayersPanel(self.easel)
        self.guides = GuidesPanel(session)
        self.bar = GenerateBar(self.bench, self.view)
        self.badge = ProgressBadge(self.view)
        self.page = CanvasPage()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.page)
        self._stack.addWidget(self._desk())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        self._connect()

    def _desk(self) -> QWidget:
        desk = QWidget()
        row = QHBoxLayout(desk)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        middle = QVBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.view, 1)
        middle.addWidget(self.bar)
        row.addWidget(self.strip)
        row.addLayout(middle, 1)
        row.addWidget(self._side())
        return desk

    def _side(self) -> QWidget:
        side = QFrame()
        set_role(side, "panel")
        side.setFixedWidth(SIDE_PX)
        column = QVBoxLayout(side)
        column.setContentsMargins(SPACE_3, SPACE_2, SPACE_3, SPACE_2)
        column.setSpacing(SPACE_3)
        column.addWidget(self.brushes)
        column.addWidget(self.layers, 1)
        column.addWidget(self.guides)
        foot = QHBoxLayout()
        foot.setSpacing(0)
        self.save_button = IconButton("image-down", "Save to the gallery", "Ctrl+Shift+S")
        self.save_button.clicked.connect(self.save)
        self.drag_button = DragOut(lambda: self.easel.document.painting, self._drag_folder)
        self.menu_button = IconButton("ellipsis", "More of this canvas")
        self.menu_button.clicked.connect(
            lambda: self.menu().popup(self.menu_button.mapToGlobal(self.menu_button.rect().topLeft()))
        )
        foot.addStretch(1)
        foot.addWidget(self.drag_button)
        foot.addWidget(self.save_button)
        foot.addWidget(self.menu_button)
        column.addLayout(foot)
        return side

    def _own_keys(self) -> dict[QKeySequence, Callable[[], object]]:
        """Keys that mean something else in the rest of the window."""
        standard = QKeySequence.StandardKey
        return {
            QKeySequence(standard.Copy): self.copy,
            QKeySequence(standard.Paste): self.paste,
            QKeySequence(standard.SelectAll): self.easel.select_all,
            QKeySequence("Ctrl+D"): self.deselect,
            QKeySequence("Delete"): self.delete,
            QKeySequence("Backspace"): self.delete,
        }

    def _drag_folder(self) -> Path | None:
        library = self._session.library
        return None if library is None else library.layout.cache / DRAG_FOLDER

    def _connect(self) -> None:
        bench = self.bench
        self.page.blank_wanted.connect(self.new_canvas)
        self.page.picture_wanted.connect(self.edit_selected)
        self.page.canvas_wanted.connect(bench.open)
        self.page.restore_wanted.connect(bench.bring_back)
        self.bar.generate_wanted.connect(self.generate)
        self.brushes.mask_wanted.connect(self.change_mask)
        self.brushes.feather_changed.connect(lambda pixels: setattr(bench, "feather", pixels))
        self.guides.map_wanted.connect(lambda kind: self.maps.make(self.easel.document, kind))
        self.guides.reference_wanted.connect(self._reference_selected)
        self.view.pictures_dropped.connect(lambda data: self._place(picture_in(data)))
        bench.opened.connect(self._opened)
        bench.thrown_away.connect(self.refresh_page)
        bench.commission.progressed.connect(self._progressed)
        bench.commission.previewed.connect(self._previewed)
        bench.commission.ended.connect(lambda: self.view.show_preview(None))
        bench.variants.changed.connect(self._show_veil)
        self.easel.tool_changed.connect(self._show_veil)
        self.easel.said.connect(lambda words: self._session.say(words, "info"))
        self._session.entry_changed.connect(lambda _entry: self.refresh_page())
        self._session.project_changed.connect(lambda _project: self.refresh_page())

    # opening

    @property
    def is_open(self) -> bool:
        return self.bench.canvas is not None

    @property
    def history(self) -> History:
        return self.easel.document.history

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh_page()

    def refresh_page(self) -> None:
        """Offer the canvases of this project and the selected picture."""
        archive = self.bench.archive
        if archive is None or self.is_open or not self.isVisible():
            return
        has_picture = self._entry() is not None
        self._session.background.run(
            lambda: (archive.list(), archive.trashed()), lambda found: self.page.show_choices(*found, has_picture)
        )

    def new_canvas(self) -> None:
        self.bench.start("Canvas", NEW_SIZE, NEW_SIZE)

    def edit_selected(self) -> None:
        """Paint on the gallery's selected picture."""
        entry = self._entry()
        if entry is not None:
            self.bench.edit(entry, entry_title(entry))

    def _entry(self) -> Entry | None:
        entry = self._session.entry
        return entry if entry is not None and entry.artifact.media_type in PAINTABLE else None

    def _opened(self, canvas: object) -> None:
        self._stack.setCurrentIndex(0 if canvas is None else 1)
        document = self.easel.document
        document.stepped.connect(lambda _merged: self.stepped.emit())
        document.moved_in_history.connect(self.stepped)
        self.stepped.emit()
        if canvas is None:
            self.refresh_page()
        else:
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    # making

    def generate(self) -> None:
        """Have the mask, the selection, the new edges or the whole canvas made."""
        if self.is_open and not self.bench.commission.open:
            recipes = self._recipes()
            if recipes:
                self.bench.variants.keep()
                self.bench.generate(recipes)

    def _progressed(self) -> None:
        commission = self.bench.commission
        if commission.open:
            self.badge.show_progress(commission.fraction, commission.eta_s)
        else:
            self.badge.hide()

    def _previewed(self, errand: Errand, image: QImage) -> None:
        if self.bench.variants.reviewing:
            return
        shown = image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
        limit = errand.limit()
        if limit is not None:
            shown = _only_inside(shown, masks.to_picture(limit))
        self.view.show_preview(shown, errand.area)

    def _show_veil(self) -> None:
        veil = not self.bench.variants.reviewing or self.easel.tool is ToolKind.MASK
        self.view.show_preview(None)
        if self.view.screen_of.set_veil(veil):
            self.view.update()

    # deeds

    def change_mask(self, deed: str) -> None:
        """invert, selection, grow, shrink, feather or clear."""
        change_mask(self._session, self.easel, deed)

    def undo(self) -> None:
        self.hand.stop()
        self.easel.document.undo()

    def redo(self) -> None:
        self.hand.stop()
        self.easel.document.redo()

    def delete(self) -> None:
        """Take away what is selected on the active layer; without a selection the layer itself stays."""
        layer = self.easel.document.painting.active_layer
        if layer is None or not self.easel.selection:
            return
        layer_deeds.erase_selected(self.easel.document, layer, self.easel.selection)

    def deselect(self) -> None:
        self.easel.select(NOTHING)

    # in and out

    def save(self) -> None:
        """Put the finished picture into the gallery."""
        library, project, canvas = self._session.library, self._session.project, self.bench.canvas
        if library is None or project is None or canvas is None:
            return
        painting, recipe = self.easel.document.painting, self.bench.last_recipe

        def work() -> Entry:
            return save_to_gallery(library, project.id, painting, canvas.name, canvas.entry_id, recipe)

        def saved(entry: Entry) -> None:
            self._session.say("The picture is in the gallery; the canvas keeps its layers.", "success")
            self._session.select(entry)

        self._session.background.run(work, saved)

    def export(self) -> None:
        """Write the finished picture into a file."""
        start = str(self._session.recall("save_folder", "") or Path.home())
        path, _ = QFileDialog.getSaveFileName(self, "Export as PNG", f"{start}/canvas.png", "PNG (*.png)")
        if path:
            painting, target = self.easel.document.painting, Path(path).with_suffix(".png")
            done = f"Exported {target.name}."
            self._session.background.run(
                lambda: export_png(painting, target), lambda _none: self._session.say(done, "success")
            )

    def copy(self) -> None:
        painting, selection = self.easel.document.painting, self.easel.selection

        def work() -> tuple[QImage, bytes]:
            image = copied(painting, selection)
            return image, png(image)

        self._session.background.run(work, lambda made: QGuiApplication.clipboard().setMimeData(clipboard_data(*made)))

    def paste(self) -> None:
        self._place(picture_in(QGuiApplication.clipboard().mimeData()))

    def _place(self, image: QImage) -> None:
        document, frame = self.easel.document, self.easel.document.painting.frame
        if image.isNull():
            self._session.say("There is no picture to put here.", "info")
        elif self.is_open:
            self._session.background.run(
                lambda: layer_deeds.cut_into_middle(image, frame),
                lambda tiles: layer_deeds.add_picture(document, tiles, "Picture"),
            )

    def _reference_selected(self) -> None:
        entry, library = self._entry(), self._session.library
        if entry is not None and library is not None:
            self.guides.add_reference(QImage(str(library.blobs.path(entry.artifact.blob))))

    def _open_menu(self) -> None:
        self.menu().popup(self.menu_button.mapToGlobal(QPoint(0, 0)))

    def menu(self) -> QMenu:
        """What else can be done with this canvas."""
        menu = QMenu(self)
        for text, call in (
            ("New canvas", self.new_canvas),
            ("Paint on the selected picture", self.edit_selected),
            ("Close this canvas", self.bench.close),
            ("", None),
            ("Save to the gallery", self.save),
            ("Export as PNG…", self.export),
            ("", None),
            ("Merge with the layer below", lambda: layer_deeds.merge_down(self.easel.document)),
            ("Turn the view by 15°", lambda: self.view.turn_by(15.0)),
            ("Move this canvas to the trash", self.bench.throw_away),
        ):
            if call is None:
                menu.addSeparator()
            else:
                menu.addAction(text).triggered.connect(lambda _checked=False, call=call: call())
        return menu


def _only_inside(preview: QImage, region: QImage) -> QImage:
    """The preview where the region is white."""
    alpha = region.scaled(
        preview.size(), Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    alpha = alpha.convertToFormat(QImage.Format.Format_Grayscale8)
    alpha.reinterpretAsFormat(QImage.Format.Format_Alpha8)
    painter = QPainter(preview)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationIn)
    painter.drawImage(0, 0, alpha)
    painter.end()
    return preview
