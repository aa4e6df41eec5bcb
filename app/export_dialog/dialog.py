"""Export: the animation of a mascot, or its picture, as files in a folder.

To open: `ExportDialog(session, entry, parent).show()`. It is not modal, follows the session's events by itself, and
goes away when it is closed; closing it cancels a job that runs.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QCloseEvent, QDesktopServices
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.export_dialog.folder import folder_problem
from app.export_dialog.job import UNEXPECTED, ExportJob
from app.export_dialog.pages import AnimationPage, PicturePage
from app.session import StudioSession
from app.stage.subject import StageSubject, can_perform, subject_of
from app.theme.roles import set_invalid
from app.theme.tokens import SPACE_2, SPACE_4, SPACE_6
from app.widgets.buttons import push_button
from app.widgets.labels import ElidedLabel, label
from app.widgets.notes import NoteLine
from app.widgets.segmented import Segmented
from engine.protocol.recipes import Action

if TYPE_CHECKING:
    from engine.library.gallery import Entry

FOLDER_KEY = "save_folder"
ANIMATION, PICTURE = "animation", "picture"


class ExportDialog(QDialog):
    """`folder_chosen(path)` once files were saved there."""

    folder_chosen = Signal(str)

    def __init__(
        self,
        session: StudioSession,
        entry: Entry,
        parent: QWidget | None = None,
        *,
        action: Action = Action.WAVE,
        strength: float = 1.0,
        subject: StageSubject | None = None,
        animated: bool = True,
        folder: Path | None = None,
    ) -> None:
        """`subject` is what stands on the stage, with the joints as they are there; read from the library if None."""
        super().__init__(parent)
        self.setWindowTitle("Export")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(False)
        self.setMinimumWidth(520)
        self._session, self._entry, self._subject, self._strength = session, entry, subject, strength
        self._saved: list[Path] = []
        self.job = ExportJob(session, self)
        self.kind = Segmented([(ANIMATION, "Animation", "film"), (PICTURE, "Picture", "image")])
        self.animation, self.picture = AnimationPage(action), PicturePage()
        self.pages = QStackedWidget()
        self.pages.addWidget(self.animation)
        self.pages.addWidget(self.picture)
        self.folder = QLineEdit(str(folder or _default_folder(session)))
        self.folder.setAccessibleName("Folder")
        self.browse = push_button("Browse…")
        self.folder_note, self.note = NoteLine(), NoteLine()
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.status = label("", "faint")
        self.reveal = push_button("Show in folder", "", "folder-open")
        self.stop = push_button("Close")
        self.start = push_button("Export", "primary", "download")
        self.start.setDefault(True)
        self._lay_out(entry)
        self._connect()
        if not can_perform(entry):
            animated = False
        self._choose(ANIMATION if animated else PICTURE)
        self._show_running(False)
        self.start.setFocus()
        if subject is None and can_perform(entry):
            self._read_subject()

    # building

    def _lay_out(self, entry: Entry) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(SPACE_6, SPACE_4, SPACE_6, SPACE_4)
        outer.setSpacing(SPACE_4)
        title = ElidedLabel(Path(entry.artifact.file_name).stem.replace("-", " ").capitalize(), "heading")
        head = QHBoxLayout()
        head.addWidget(title, 1)
        head.addWidget(self.kind)
        outer.addLayout(head)
        outer.addWidget(self.pages, 1)
        where = QVBoxLayout()
        where.setSpacing(SPACE_2)
        where.addWidget(label("Folder", "field"))
        row = QHBoxLayout()
        row.setSpacing(SPACE_2)
        row.addWidget(self.folder, 1)
        row.addWidget(self.browse)
        where.addLayout(row)
        where.addWidget(self.folder_note)
        outer.addLayout(where)
        outer.addWidget(self.bar)
        outer.addWidget(self.note)
        foot = QHBoxLayout()
        foot.setSpacing(SPACE_2)
        foot.addWidget(self.status, 1)
        for button in (self.reveal, self.stop, self.start):
            foot.addWidget(button)
        outer.addLayout(foot)
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(button is self.start)

    def _connect(self) -> None:
        self.kind.chosen.connect(self._choose)
        self.animation.changed.connect(self._refresh)
        self.folder.textChanged.connect(lambda _text: self._refresh())
        self.browse.clicked.connect(self._browse)
        self.start.clicked.connect(self.export)
        self.stop.clicked.connect(self._stop)
        self.reveal.clicked.connect(self._reveal)
        self.job.progressed.connect(self._progressed)
        self.job.saved.connect(self._done)
        self.job.failed.connect(self._failed)
        self.job.cancelled.connect(lambda: self._ended("Cancelled; nothing was saved.", "info"))

    def _read_subject(self) -> None:
        library, entry = self._session.library, self._entry
        if library is not None:
            self._session.background.run(lambda: subject_of(entry, library), self._take_subject)

    def _take_subject(self, subject: StageSubject) -> None:
        self._subject = subject
        if not self.job.running:
            self._refresh()

    # doing

    def export(self) -> None:
        """Start; the dialog stays to show how it goes."""
        if self.job.running or not self._refresh():
            return
        folder = Path(self.folder.text().strip()).expanduser()
        self.note.clear_note()
        self._saved = []
        if self.kind.key == PICTURE:
            self._show_running(True)
            self.job.save_picture(
                self._entry, folder, self.picture.side.currentData(), with_recipe=self.picture.recipe.isChecked()
            )
            return
        assert self._subject is not None
        page = self.animation
        recipe = self._subject.animation(
            page.action, page.formats, page.side.currentData(), page.rate.currentData(), self._strength
        )
        if self.job.animate(recipe, folder):
            self._show_running(True)
            self.status.setText("Waiting for the engine …")

    def _choose(self, kind: str) -> None:
        self.kind.choose(kind)
        self.pages.setCurrentIndex(0 if kind == ANIMATION else 1)
        self._refresh()

    def _refresh(self) -> bool:
        """Whether everything is there; what is wrong stands beside where it is."""
        problem = folder_problem(self.folder.text())
        set_invalid(self.folder, problem is not None)
        if problem is None:
            self.folder_note.clear_note()
        else:
            self.folder_note.show_note(problem, "error")
        ready = problem is None
        if self.kind.key == ANIMATION:
            ready = ready and bool(self.animation.formats) and self._subject is not None
        self.start.setEnabled(ready and not self.job.running)
        return ready

    def _browse(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "Export to", self.folder.text())
        if chosen:
            self.folder.setText(chosen)

    def _progressed(self, fraction: float, eta_s: float | None, step: str) -> None:
        self.bar.setValue(round(fraction * 1000))
        left = f" · {max(1, round(eta_s))} s left" if eta_s is not None else ""
        self.status.setText(f"{step.capitalize()}{left}" if step else f"{round(fraction * 100)} %{left}")

    def _done(self, paths: list[Path]) -> None:
        if not paths:
            self._failed(UNEXPECTED, "")
            return
        self._saved = paths
        what = paths[0].name if len(paths) == 1 else f"{len(paths)} files"
        self._ended(f"Saved {what}.", "success")
        self._session.remember(FOLDER_KEY, str(paths[0].parent))
        self.folder_chosen.emit(str(paths[0].parent))

    def _failed(self, sentence: str, details: str) -> None:
        self._ended(sentence, "error")
        self.note.setToolTip(details)

    def _ended(self, sentence: str, severity: str) -> None:
        self._show_running(False)
        self.note.show_note(sentence, severity)
        self._refresh()

    def _show_running(self, running: bool) -> None:
        for widget in (self.kind, self.pages, self.folder, self.browse):
            widget.setEnabled(not running)
        self.bar.setVisible(running)
        self.bar.setValue(0)
        self.status.setText("")
        self.start.setVisible(not running)
        self.reveal.setVisible(bool(self._saved) and not running)
        self.stop.setText("Cancel" if running else "Close")

    def _stop(self) -> None:
        if self.job.running:
            self.status.setText("Cancelling …")
            self.job.cancel()
        else:
            self.close()

    def _reveal(self) -> None:
        if self._saved:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._saved[0].parent)))

    def reject(self) -> None:
        # Escape: an export that runs is cancelled first, and the dialog stays to say so.
        self._stop()

    def closeEvent(self, event: QCloseEvent) -> None:
        # Not QDialog's own: that asks reject, which keeps the dialog while a job runs.
        self.job.cancel()
        self.job.close()
        event.accept()


def _default_folder(session: StudioSession) -> Path:
    remembered = session.recall(FOLDER_KEY)
    if isinstance(remembered, str) and Path(remembered).is_dir():
        return Path(remembered)
    pictures = Path.home() / "Pictures"
    return pictures if pictures.is_dir() else Path.home()
