"""In a project that one may only look at, what would change it is switched off and says why."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from app.account.cloud import StudioCloud
from app.session import StudioSession
from app.sharing.words import read_only_reason
from app.theme.tokens import ICON_M, SPACE_1, SPACE_2, SPACE_3
from app.widgets.buttons import push_button
from app.widgets.labels import wrapped
from app.widgets.rows import icon_mark
from app.window.registry import Registry
from engine.cloud.records import SyncState

EDITING = (
    "app.import", "create.generate", "create.grid",
    "picture.logo", "picture.enlarge_2", "picture.enlarge_4", "picture.paint", "picture.make_again",
    "picture.more", "picture.vary", "picture.favourite", "picture.tags", "picture.thumbnail",
    "picture.trash", "picture.restore", "picture.erase", *(f"picture.rate_{stars}" for stars in range(6)),
    "share.publish",
)  # fmt: skip
"""Actions that change the open project."""


class ReadOnlyBanner(QFrame):
    """The sentence over the canvas, as long as the open project can only be looked at. Emits `decision_wanted()` when
    that is so because changes of another account wait in it."""

    decision_wanted = Signal()

    def __init__(self, session: StudioSession, cloud: StudioCloud) -> None:
        super().__init__()
        self._session, self._cloud = session, cloud
        self.setObjectName("banner")
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_3, SPACE_1, SPACE_3, SPACE_1)
        row.setSpacing(SPACE_2)
        row.addWidget(icon_mark("eye", "info", ICON_M))
        self.words = wrapped("", "faint")
        row.addWidget(self.words, 1)
        self.decide = push_button("Decide…", "ghost")
        self.decide.clicked.connect(self.decision_wanted)
        row.addWidget(self.decide)
        session.read_only_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        self.words.setText(self._session.read_only)
        status = self._cloud.status
        self.decide.setVisible(status is not None and status.state is SyncState.HELD)
        self.setVisible(bool(self._session.read_only))


class ViewerGuard(QObject):
    """Follows the open project; the session itself refuses new jobs with the same sentence."""

    def __init__(self, session: StudioSession, cloud: StudioCloud, registry: Registry) -> None:
        super().__init__(session)
        self._session, self._cloud, self._registry = session, cloud, registry
        self._covered: list[tuple[QWidget, str]] = []
        registry.forbid(EDITING, lambda: session.read_only)
        cloud.status_changed.connect(self._look)
        session.project_changed.connect(lambda _project: self._look())
        session.closed.connect(self._look)

    def cover(self, widget: QWidget) -> None:
        """Switch this control off, too."""
        self._covered.append((widget, widget.toolTip()))

    def _look(self) -> None:
        reason = read_only_reason(self._cloud.status)
        if reason != self._session.read_only:
            self._session.set_read_only(reason)
            self._registry.refresh()
            for widget, usual in self._covered:
                widget.setEnabled(not reason)
                widget.setToolTip(reason or usual)
