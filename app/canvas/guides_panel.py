"""What guides the next picture besides its words: reference pictures, and the way to control maps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QVBoxLayout, QWidget

from app.builder_panel.value_slider import ValueSlider, percent
from app.painting.errand import png
from app.painting.guidance import MAX_REFERENCES
from app.painting.outgoing import picture_in
from app.session import StudioSession
from app.theme.roles import set_role
from app.theme.tokens import SPACE_1
from app.widgets.buttons import IconButton
from app.widgets.labels import label

if TYPE_CHECKING:
    from engine.protocol.picture_options import ReferencePicture

THUMB_PX = 30
MAPS = (
    ("pose", "Make a pose map"),
    ("line-art", "Make line art"),
    ("canny", "Make edges (Canny)"),
    ("depth", "Make a depth map"),
)


class GuidesPanel(QWidget):
    """References are the session's. Signals: `map_wanted(kind)`, `reference_wanted()`: the selected picture as one."""

    map_wanted = Signal(str)
    reference_wanted = Signal()

    def __init__(self, session: StudioSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._images: dict[str, QImage] = {}
        self.setAcceptDrops(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_1)
        head = QHBoxLayout()
        head.setSpacing(0)
        head.addWidget(label("Guides", "section"), 1)
        self.add = IconButton("plus", "Add a control map or a reference picture")
        self.add.clicked.connect(self._open_menu)
        head.addWidget(self.add)
        column.addLayout(head)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(SPACE_1)
        column.addLayout(self._rows)
        self._empty = label("Drop pictures from the gallery here as references.", "faint", wrap=True)
        column.addWidget(self._empty)
        session.guidance.changed.connect(self._show)
        self._show()

    def menu(self) -> QMenu:
        """What can be added."""
        menu = QMenu(self)
        for kind, text in MAPS:
            menu.addAction(text).triggered.connect(lambda _checked=False, kind=kind: self.map_wanted.emit(kind))
        menu.addSeparator()
        action = menu.addAction("The gallery's selected picture as a reference")
        action.setEnabled(self._session.entry is not None)
        action.triggered.connect(lambda _checked=False: self.reference_wanted.emit())
        return menu

    def add_reference(self, image: QImage) -> None:
        """Write a picture into the library and let it guide."""
        library, session = self._session.library, self._session
        if library is None or image.isNull():
            return

        def guide(blob: str) -> None:
            from engine.protocol.picture_options import ReferencePicture

            if not session.guidance.add_reference(ReferencePicture(blob=blob)):
                session.say(f"There are {MAX_REFERENCES} references already; take one away first.", "warning")

        session.background.run(lambda: library.blobs.add_bytes(png(image)), guide)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasImage() or event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.add_reference(picture_in(event.mimeData()))
        event.acceptProposedAction()

    def _open_menu(self) -> None:
        self.menu().popup(self.add.mapToGlobal(QPoint(0, self.add.height())))

    def _show(self) -> None:
        while (item := self._rows.takeAt(0)) is not None:  # pyright: ignore[reportUnnecessaryComparison]
            widget = item.widget()
            if widget is not None:  # pyright: ignore[reportUnnecessaryComparison]
                widget.hide()
                widget.deleteLater()
        references = self._session.guidance.guide.references
        for index, reference in enumerate(references):
            self._rows.addWidget(self._row(index, reference))
        self._empty.setVisible(not references)

    def _row(self, index: int, reference: ReferencePicture) -> QWidget:
        guidance = self._session.guidance
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_1)
        picture = QLabel()
        set_role(picture, "card")
        picture.setFixedSize(THUMB_PX, THUMB_PX)
        picture.setAccessibleName("Reference picture")
        self._load(picture, reference.blob)
        weight = ValueSlider("Weight", 0.0, 2.0, 0.7, percent, name_width=0)
        weight.name.hide()
        weight.set_value(reference.weight)
        weight.let_go.connect(
            lambda: guidance.change_reference(index, reference.model_copy(update={"weight": weight.value}))
        )
        away = IconButton("x", "Take this reference away")
        away.clicked.connect(lambda: guidance.change_reference(index, None))
        row.addWidget(picture)
        row.addWidget(weight, 1)
        row.addWidget(away)
        return holder

    def _load(self, place: QLabel, blob: str) -> None:
        library = self._session.library
        if library is None:
            return
        if blob not in self._images:
            edge = 2 * THUMB_PX
            image = QImage(str(library.blobs.path(blob)))
            self._images[blob] = image.scaled(
                edge, edge, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
        shown = QPixmap.fromImage(self._images[blob])
        shown.setDevicePixelRatio(2.0)
        place.setPixmap(shown)
        place.setAlignment(Qt.AlignmentFlag.AlignCenter)
