"""Who else is in the open project now: their marks at the right end of the window's top line."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from app.account.cloud import StudioCloud
from app.session import StudioSession
from app.theme.tokens import SPACE_1
from app.widgets.avatar import Avatar, AvatarRow
from app.widgets.labels import label
from app.widgets.popover import Popover
from app.widgets.rows import Row, RowList
from engine.protocol.sync import Person

PLACES = {
    "picture": "looks at a picture",
    "animate": "animates",
    "paint": "paints",
    "logo": "makes a logo",
    "build": "builds",
    "describe": "writes a prompt",
    "characters": "looks at characters",
}


def place_words(person: Person) -> str:
    """ "Mia paints", or "Mia" when nobody knows where she is."""
    doing = PLACES.get(str(person.place.get("view", "")), "")
    return f"{person.name} {doing}" if doing else person.name


class PresenceStrip(QToolButton):
    """Hidden while one is alone; a click tells where each is. A person on two devices is shown once; oneself is not."""

    def __init__(self, session: StudioSession, cloud: StudioCloud, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._cloud = session, cloud
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE_1, 0, SPACE_1, 0)
        self.row = AvatarRow()
        self.row.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        layout.addWidget(self.row)
        self.clicked.connect(self.open)
        cloud.people_changed.connect(lambda _project_id: self._show())
        cloud.account_changed.connect(self._show)
        session.project_changed.connect(lambda _project: self._show())
        session.closed.connect(self._show)
        self._show()

    def people(self) -> list[Person]:
        """The others in the open project, each once."""
        project, account = self._session.project, self._cloud.account
        if project is None or account is None or not self._cloud.is_in:
            return []
        others = (one for one in self._cloud.people.get(project.id, []) if one.user_id != account.user_id)
        return list({one.user_id: one for one in others}.values())

    def open(self) -> None:
        """Tell who is here and where, in a popover."""
        self.popover = PeoplePopover(self if self.isVisible() else self.parentWidget() or self, self.people())
        self.popover.pop_up()

    def sizeHint(self) -> QSize:
        layout = self.layout()
        return layout.sizeHint() if layout is not None else super().sizeHint()

    def _show(self) -> None:
        people = self.people()
        self.row.show_people([(one.name, one.colour) for one in people])
        words = "\n".join(place_words(one) for one in people)
        self.setToolTip(words)
        self.setAccessibleName(f"Who is here: {words}")
        self.setVisible(bool(people))


class PeoplePopover(Popover):
    """The others in the open project, and what each does."""

    def __init__(self, anchor: QWidget, people: list[Person]) -> None:
        super().__init__(anchor, 280)
        self.body.addWidget(label("Here now", "heading"))
        self.list = RowList(fits=True)
        for one in people:
            doing = PLACES.get(str(one.place.get("view", "")), "")
            self.list.add(Row(Avatar(one.name, one.colour), one.name, doing))
        self.body.addWidget(self.list)
        self.list.setVisible(bool(people))
        if not people:
            self.body.addWidget(label("Nobody else has this project open now.", "faint", wrap=True))


class PlaceTeller(QObject):
    """Tells the others which tab is in front; says nothing for a project that isn't shared."""

    def __init__(self, session: StudioSession, cloud: StudioCloud) -> None:
        super().__init__(cloud)
        self._session, self._cloud = session, cloud
        self._view = "picture"
        session.project_changed.connect(lambda _project: self._tell())
        cloud.status_changed.connect(self._tell)
        self._told: tuple[str, str] | None = None

    def moved(self, view: str) -> None:
        """Another tab came to the front."""
        self._view = view
        self._tell()

    def _tell(self) -> None:
        status, project = self._cloud.status, self._session.project
        if status is None or project is None or not self._cloud.is_in:
            self._told = None
            return
        here = (project.id, self._view)
        if here == self._told:
            return
        self._told = here
        project_id, view = here
        self._cloud.ask(self, lambda desk: desk.show_place(project_id, {"view": view}), None, lambda _sentence: None)
