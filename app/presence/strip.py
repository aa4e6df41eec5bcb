"""Who else is in the open project now: their marks at the right end of the window's top line."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.account.cloud import StudioCloud
from app.session import StudioSession
from app.widgets.avatar import AvatarRow
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


class PresenceStrip(QWidget):
    """Hidden while one is alone. A person on two devices is shown once; oneself is not."""

    def __init__(self, session: StudioSession, cloud: StudioCloud, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._cloud = session, cloud
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self.row = AvatarRow()
        layout.addWidget(self.row)
        cloud.people_changed.connect(lambda _project_id: self._show())
        cloud.account_changed.connect(self._show)
        session.project_changed.connect(lambda _project: self._show())
        session.closed.connect(self._show)
        self._show()

    def people(self) -> list[Person]:
        """The others in the open project, each once."""
        project, account = self._session.project, self._cloud.account
        if project is None or account is None:
            return []
        others = (one for one in self._cloud.people.get(project.id, []) if one.user_id != account.user_id)
        return list({one.user_id: one for one in others}.values())

    def _show(self) -> None:
        people = self.people()
        self.row.show_people([(one.name, one.colour) for one in people])
        self.row.setToolTip("\n".join(place_words(one) for one in people))
        self.setVisible(bool(people))


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
