"""One person signs out of a studio and another signs in: what was left unsent is told, and decided by people."""

from __future__ import annotations

from app.account.sheet import AccountSheet
from app.sharing.viewer import ReadOnlyBanner
from engine.cloud.records import SyncState
from tests.app.conftest import TestStudio, Until
from tests.app.sharing.conftest import Enter, sign_in_by_hand
from tests.app.sharing.test_together import ADA, MIA, SignUp, join, share
from tests.sync_server.running import ServerThread


def work_offline(studio: TestStudio, until: Until, words: str) -> str:
    """A shared project with a change that the server doesn't have; returns the project's id."""
    cloud, library, project = studio.studio.together.cloud, studio.session.library, studio.session.project
    assert library is not None and project is not None
    until(lambda: cloud.status is not None and cloud.status.state is SyncState.SYNCED)
    library.settings.set("offline", True)
    library.projects.describe(project.id, words)
    until(lambda: cloud.status is not None and cloud.status.waiting == 1)
    return project.id


def test_signing_out_says_what_is_unsent_and_sends_it_first(enter: Enter, sign_up: SignUp, until: Until) -> None:
    studio, mia = enter(ADA, name="Ada"), sign_up(MIA, name="Mia Fox")
    share(studio, until, join(studio, mia, until))
    project = work_offline(studio, until, "On the train")
    studio.window.registry["account.sign_out"].trigger()
    until(lambda: isinstance(studio.studio.sheet, AccountSheet) and studio.studio.sheet.profile)
    profile = studio.studio.sheet.profile  # type: ignore[union-attr]
    assert profile.note.text().startswith("1 change in “My mascots” waits to be sent.")
    profile.send.click()
    until(lambda: "switched offline" in profile.note.text())
    assert studio.studio.together.cloud.is_in, "what can't be sent is not left behind without a word"
    studio.session.library.settings.set("offline", False)  # type: ignore[union-attr]
    profile.send.click()
    until(lambda: studio.studio.together.cloud.account is None)
    assert mia.get(f"/projects/{project}/log", params={"after_update": 0, "after_fact": 0}).json()["last_update"] > 1


def test_another_account_finds_the_project_held_back_and_sends_it_as_its_own(
    enter: Enter, sign_up: SignUp, until: Until, server: ServerThread
) -> None:
    studio, mia = enter(ADA, name="Ada"), sign_up(MIA, name="Mia Fox")
    share(studio, until, join(studio, mia, until))
    cloud, session = studio.studio.together.cloud, studio.session
    assert session.library is not None and session.project is not None
    # Begun while signed out: edits of nobody yet.
    cloud.ask(cloud, lambda desk: desk.sign_out(), lambda _: cloud.refresh())
    until(lambda: cloud.account is None)
    session.library.projects.describe(session.project.id, "Begun here")
    sign_in_by_hand(studio, until, server.url, MIA).dismiss()
    until(lambda: cloud.status is not None and cloud.status.state is SyncState.HELD)
    light = studio.studio.together.light
    assert light.text().strip() == "Held back"
    assert f"1 change waits here since {ADA} was signed in" in session.read_only
    assert not studio.window.registry["create.generate"].isEnabled()
    banner = studio.window.findChild(ReadOnlyBanner)
    assert banner is not None and banner.decide.isVisible()
    banner.decide.click()
    assert light.popover.own.isVisible() and not light.popover.now.isVisible()
    light.popover.own.click()
    until(lambda: cloud.status is not None and cloud.status.state is SyncState.SYNCED)
    assert session.read_only == ""
    until(lambda: not light.popover.own.isVisible())
    versions = mia.get(f"/projects/{session.project.id}/history").json()["items"]
    assert {one["author_name"] for one in versions} == {"Ada", "Mia Fox"}
