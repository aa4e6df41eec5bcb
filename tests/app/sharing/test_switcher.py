"""The project switcher says which projects are shared, where, and how far they are."""

from __future__ import annotations

from PySide6.QtGui import QAction, QIcon

from app.sharing.words import ICONS
from app.theme.icons import icon
from engine.cloud.records import SyncState
from tests.app.conftest import TestStudio, Until
from tests.app.sharing.conftest import Enter
from tests.app.sharing.test_together import ADA, MIA, SignUp, join, share


def menu_of(studio: TestStudio) -> dict[str, QAction]:
    """The menu's projects by what stands at their left."""
    menu = studio.studio.switcher.menu()
    assert menu is not None
    menu.aboutToShow.emit()
    return {action.text().partition("\t")[0]: action for action in menu.actions() if action.isCheckable()}


def is_picture(shown: QIcon, wanted: QIcon) -> bool:
    return shown.pixmap(16).toImage() == wanted.pixmap(16).toImage()


def test_shared_projects_are_marked(enter: Enter, sign_up: SignUp, until: Until) -> None:
    studio, mia = enter(ADA, name="Ada"), sign_up(MIA, name="Mia Fox")
    cloud, library, switcher = studio.studio.together.cloud, studio.session.library, studio.studio.switcher
    assert library is not None and studio.session.project is not None
    library.projects.create("Private")
    assert switcher.toolTip() == "Project"
    share(studio, until, join(studio, mia, until))
    until(lambda: cloud.status is not None and cloud.status.state is SyncState.SYNCED)
    assert "Shared in “Studio Fox”\nEverything is synced." in switcher.toolTip()
    projects = menu_of(studio)
    shared, private = projects["My mascots"], projects["Private"]
    assert shared.text().endswith("\tStudio Fox")
    assert shared.toolTip() == "Shared in “Studio Fox”\nEverything is synced."
    assert is_picture(shared.icon(), icon(ICONS[SyncState.SYNCED][0], "text_faint"))
    assert is_picture(private.icon(), icon("hard-drive", "text_faint"))
    assert (private.text(), private.toolTip()) == ("Private", "In this library alone")
    assert shared.font().bold() and not private.font().bold(), "the sign stands where the tick would be"
    library.settings.set("offline", True)
    library.projects.describe(studio.session.project.id, "On the train")
    until(lambda: "1 change waits" in switcher.toolTip())
    assert is_picture(menu_of(studio)["My mascots"].icon(), icon("cloud-off", "text_faint"))
    library.settings.set("offline", False)
    cloud.ask(cloud, lambda desk: desk.stop_sharing(studio.session.project.id))  # type: ignore[union-attr]
    until(lambda: switcher.toolTip() == "Project")
    assert menu_of(studio)["My mascots"].toolTip() == "In this library alone"
    cloud.ask(cloud, lambda desk: desk.sign_out(), lambda _: cloud.refresh())
    until(lambda: cloud.account is None)
    assert all(action.icon().isNull() for action in menu_of(studio).values()), "without an account: a tick as ever"
