"""The sheet that manages projects: a list at the left, the chosen one at the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QPlainTextEdit, QVBoxLayout, QWidget

from app.projects.deeds import ProjectDeeds
from app.session import StudioSession
from app.theme.tokens import SPACE_2, SPACE_3, SPACE_4
from app.widgets.buttons import push_button
from app.widgets.labels import label
from app.widgets.notes import NoteLine
from app.widgets.segmented import Segmented
from app.window.sheet import Sheet

if TYPE_CHECKING:
    from engine.library.projects import Project

_PROJECT = Qt.ItemDataRole.UserRole


class ProjectsSheet(Sheet):
    """`start_new` puts the cursor where a new project is named."""

    def __init__(self, window: QWidget, session: StudioSession, deeds: ProjectDeeds) -> None:
        super().__init__(window, "Projects", width_px=760, height_px=480)
        self._session, self._deeds = session, deeds
        self._erase_asked = False
        columns = QHBoxLayout()
        columns.setSpacing(SPACE_4)
        columns.addLayout(self._left(), 2)
        columns.addLayout(self._right(), 3)
        self.body.addLayout(columns, 1)
        session.projects_changed.connect(self._fill)
        session.project_changed.connect(self._fill)
        self._fill()

    def start_new(self) -> None:
        self.new_name.setFocus(Qt.FocusReason.OtherFocusReason)

    def _left(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(SPACE_2)
        self.where = Segmented([("alive", "Projects"), ("trash", "Trash")])
        self.where.chosen.connect(lambda _key: self._fill())
        self.list = QListWidget()
        self.list.setObjectName("rows")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentItemChanged.connect(lambda *_: self._show_chosen())
        self.list.itemActivated.connect(lambda _item: self._open())
        self.new_name = QLineEdit()
        self.new_name.setPlaceholderText("Name of a new project")
        self.new_name.returnPressed.connect(self._create)
        self.new_button = push_button("Create", "", "plus")
        self.new_button.clicked.connect(self._create)
        column.addWidget(self.where)
        column.addWidget(self.list, 1)
        row = QHBoxLayout()
        row.setSpacing(SPACE_2)
        row.addWidget(self.new_name, 1)
        row.addWidget(self.new_button)
        column.addLayout(row)
        return column

    def _right(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(SPACE_2)
        self.name = QLineEdit()
        self.name.editingFinished.connect(self._rename)
        self.name_note = NoteLine()
        self.description = QPlainTextEdit()
        self.description.setTabChangesFocus(True)
        self.description.setPlaceholderText("What is this project for?")
        self.facts = label("", "faint", wrap=True)
        for caption, field in (("Name", self.name), ("Description", self.description)):
            column.addWidget(label(caption, "field"))
            column.addWidget(field)
            if field is self.name:
                column.addWidget(self.name_note)
        column.addWidget(self.facts)
        column.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(SPACE_2)
        self.open_button = push_button("Open", "primary")
        self.open_button.clicked.connect(self._open)
        self.copy_button = push_button("Duplicate", "", "copy")
        self.copy_button.clicked.connect(lambda: self._on_chosen(self._deeds.duplicate))
        self.trash_button = push_button("Move to trash", "ghost", "trash-2")
        self.trash_button.clicked.connect(lambda: self._on_chosen(self._deeds.trash))
        self.restore_button = push_button("Restore", "", "archive-restore")
        self.restore_button.clicked.connect(lambda: self._on_chosen(self._deeds.restore))
        self.erase_button = push_button("Erase…", "danger")
        self.erase_button.clicked.connect(self._erase)
        buttons = (self.open_button, self.copy_button, self.restore_button, self.trash_button, self.erase_button)
        for button in buttons:
            row.addWidget(button)
        row.addStretch(1)
        row.setContentsMargins(0, SPACE_3, 0, 0)
        column.addLayout(row)
        return column

    def chosen(self) -> Project | None:
        """The project under the cursor of the list."""
        return self.list.currentItem().data(_PROJECT) if self.list.currentRow() >= 0 else None

    def dismiss(self) -> None:
        """Keep the description first."""
        self._describe()
        self._session.projects_changed.disconnect(self._fill)
        self._session.project_changed.disconnect(self._fill)
        super().dismiss()

    def _fill(self, _project: object = None) -> None:
        library = self._session.library
        if library is None:
            return
        kept = self.chosen() or self._session.project
        self.list.blockSignals(True)
        self.list.clear()
        for project in library.projects.list(trashed=self.where.key == "trash"):
            item = QListWidgetItem(project.name, self.list)
            item.setData(_PROJECT, project)
            item.setToolTip(project.name)
            if kept is not None and project.id == kept.id:
                self.list.setCurrentItem(item)
        self.list.blockSignals(False)
        if self.list.currentRow() < 0 and self.list.count():
            self.list.setCurrentRow(0)
        self._show_chosen()

    def _show_chosen(self) -> None:
        self._erase_asked = False
        self.erase_button.setText("Erase…")
        project, trashed = self.chosen(), self.where.key == "trash"
        self.name.setText(project.name if project else "")
        self.name.setCursorPosition(0)
        self.description.setPlainText(project.description if project else "")
        for widget in (self.name, self.description):
            widget.setEnabled(project is not None and not trashed)
        for button in (self.open_button, self.copy_button, self.trash_button):
            button.setVisible(not trashed)
            button.setEnabled(project is not None)
        for button in (self.restore_button, self.erase_button):
            button.setVisible(trashed)
            button.setEnabled(project is not None)
        library = self._session.library
        if project is None or library is None:
            self.facts.setText("")
            return
        counts = library.gallery.counts(project.id)
        made = f"{project.created_at.astimezone():%d %b %Y}"
        self.facts.setText(f"Made {made}  ·  {counts.entries} results, {counts.favourites} favourites")

    def _create(self) -> None:
        if self._deeds.create(self.new_name.text()) is not None:
            self.new_name.clear()
            self.dismiss()

    def _open(self) -> None:
        project = self.chosen()
        if project is not None and not project.trashed:
            self._session.switch_project(project)
            self.dismiss()

    def _rename(self) -> None:
        project = self.chosen()
        if project is not None:
            self._deeds.rename(project, self.name.text())

    def _describe(self) -> None:
        project = self.chosen()
        if project is not None and not project.trashed:
            self._deeds.describe(project, self.description.toPlainText())

    def _on_chosen(self, deed: object) -> None:
        project = self.chosen()
        if project is not None:
            deed(project)  # type: ignore[operator]

    def _erase(self) -> None:
        """The second press erases."""
        project = self.chosen()
        if project is None:
            return
        if not self._erase_asked:
            self._erase_asked = True
            self.erase_button.setText("Erase for good")
            return
        self._deeds.erase(project)
