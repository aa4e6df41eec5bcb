"""Working together in the studio at a real server: workspaces, sharing, comments, people, history, links, viewers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.comments.card import CommentCard
from app.sharing.publish_sheet import PublishSheet
from app.sharing.share_sheet import ShareSheet
from app.sharing.viewer import ReadOnlyBanner
from app.versions.sheet import VersionsSheet
from app.widgets.rows import Row
from app.workspaces.sheet import WorkspacesSheet
from engine.cloud.desk import CloudDesk
from engine.cloud.records import Role, SyncState
from engine.library.library import Library
from engine.protocol.mascot import Mascot
from tests.app.conftest import TestStudio, Until
from tests.app.samples import add_drawing, mascots
from tests.app.sharing.conftest import Enter
from tests.sync_server.running import PASSWORD, ServerThread, SignedIn

ADA, MIA = "ada@example.org", "mia@example.org"
SignUp = Callable[..., SignedIn]


def workspaces_sheet(studio: TestStudio, until: Until) -> WorkspacesSheet:
    studio.window.registry["account.workspaces"].trigger()
    sheet = studio.studio.sheet
    assert isinstance(sheet, WorkspacesSheet)
    until(lambda: sheet.list.count())
    return sheet


def people_in(sheet: WorkspacesSheet) -> list[str]:
    return [row.title.text() for row in sheet.people.rows() if isinstance(row, Row)]


def share(studio: TestStudio, until: Until, workspace_id: str) -> None:
    """Put the open project into a workspace by the share sheet."""
    studio.window.registry["share.project"].trigger()
    sheet = studio.studio.sheet
    assert isinstance(sheet, ShareSheet)
    until(lambda: sheet.list.count())
    for index in range(sheet.list.count()):
        if sheet.list.item(index).data(256).id == workspace_id:
            sheet.list.setCurrentRow(index)
    sheet.share.click()
    until(lambda: studio.studio.together.cloud.status is not None)
    until(lambda: "Shared with" in sheet.note.text())
    sheet.dismiss()


@pytest.fixture
def mia(sign_up: SignUp) -> SignedIn:
    return sign_up(MIA, name="Mia Fox")


def join(owner: TestStudio, guest: SignedIn, until: Until, role: str = "MEMBER") -> str:
    """A workspace of the studio's person that the guest belongs to; returns its id."""
    cloud = owner.studio.together.cloud
    made: list[str] = []
    cloud.ask(cloud, lambda desk: desk.create_workspace("Studio Fox"), lambda found: made.append(found.id))
    until(lambda: made)
    cloud.ask(cloud, lambda desk: desk.invite(made[0], guest.email, Role(role)), lambda _: made.append("sent"))
    until(lambda: len(made) == 2)
    offers = guest.get("/invitations").json()["items"]
    assert guest.post(f"/invitations/{offers[0]['id']}/accept").status_code == 200
    return made[0]


def test_a_workspace_is_made_people_invited_changed_and_removed(enter: Enter, mia: SignedIn, until: Until) -> None:
    studio = enter(ADA, name="Ada")
    sheet = workspaces_sheet(studio, until)
    sheet.new_name.setText("Studio Fox")
    sheet.new_button.click()
    until(lambda: sheet.chosen is not None and sheet.chosen.name == "Studio Fox" and people_in(sheet))
    sheet.email.setText(MIA)
    sheet.invite.click()
    until(lambda: MIA in people_in(sheet))
    assert "on its way" in sheet.note.text()
    offers = mia.get("/invitations").json()["items"]
    joined = mia.post(f"/invitations/{offers[0]['id']}/accept").json()
    sheet.reload()
    until(lambda: "Mia Fox" in people_in(sheet))
    account = studio.studio.together.cloud.account
    assert account is not None
    member = next(row for row in sheet.people.rows() if isinstance(row, Row) and row.title.text() == "Mia Fox")
    choice = member.tools[0]
    choice.setCurrentIndex(choice.findData("VIEWER"))
    choice.activated.emit(choice.currentIndex())
    until(lambda: mia.get(f"/workspaces/{joined['id']}").json()["role"] == "VIEWER")
    until(lambda: "as a viewer" in sheet.note.text())
    until(lambda: "Mia Fox" in people_in(sheet))
    for _ in range(2):
        member = next(row for row in sheet.people.rows() if isinstance(row, Row) and row.title.text() == "Mia Fox")
        member.tools[-1].click()
    until(lambda: mia.get(f"/workspaces/{joined['id']}").status_code == 404)
    until(lambda: "Mia Fox" not in people_in(sheet))


def test_an_invitation_is_told_by_the_bell_and_accepted(enter: Enter, mia: SignedIn, until: Until) -> None:
    studio = enter(ADA)
    workspace = mia.post("/workspaces", json={"name": "Rabbit & Co."}).json()
    mia.post(f"/workspaces/{workspace['id']}/invitations", json={"email": ADA, "role": "MEMBER"})
    another = mia.post("/workspaces", json={"name": "Bear Films"}).json()
    bell = studio.studio.together.bell
    until(lambda: studio.studio.together.cloud.unread)
    assert "1 new" in bell.toolTip()
    bell.open()
    until(lambda: bell.popover.list.rows())
    row = bell.popover.list.rows()[0]
    assert isinstance(row, Row) and "Rabbit & Co." in row.title.text()
    bell.popover.close()
    mia.post(f"/workspaces/{another['id']}/invitations", json={"email": ADA, "role": "MEMBER"})
    sheet = workspaces_sheet(studio, until)
    until(lambda: len(sheet.offers.rows()) == 2)
    offer = next(row for row in sheet.offers.rows() if isinstance(row, Row) and row.title.text() == "Rabbit & Co.")
    offer.tools[-1].click()
    until(lambda: sheet.chosen is not None and sheet.chosen.id == workspace["id"])
    until(lambda: len(sheet.offers.rows()) == 1)
    assert sheet.offers.height() > 30, "the offer that is left has its room"


def test_a_workspace_that_was_deleted_comes_back(enter: Enter, until: Until) -> None:
    studio = enter(ADA)
    sheet = workspaces_sheet(studio, until)
    assert "make a workspace" in sheet.hint.text() and sheet.hint.isVisible()
    sheet.new_name.setText("Studio Fox")
    sheet.new_button.click()
    until(lambda: sheet.chosen is not None and sheet.chosen.name == "Studio Fox" and people_in(sheet))
    assert not sheet.hint.isVisible()
    sheet.email.setText("mia")
    sheet.invite.click()
    assert "like mia@example.org" in sheet.note.text()
    sheet.delete.click()
    assert "Press again" in sheet.note.text()
    sheet.delete.click()
    until(lambda: sheet.list.count() == 1 and sheet.offers.rows())
    (row,) = sheet.offers.rows()
    assert isinstance(row, Row) and row.title.text() == "Studio Fox"
    row.tools[0].click()
    until(lambda: sheet.chosen is not None and sheet.chosen.name == "Studio Fox")
    assert not sheet.offers.rows()


def test_a_shared_project_reaches_another_library_and_says_when_it_is_synced(
    enter: Enter, mia: SignedIn, until: Until, tmp_path: Path, server: ServerThread
) -> None:
    studio = enter(ADA)
    library, project = studio.session.library, studio.session.project
    assert library is not None and project is not None
    light = studio.studio.together.light
    assert "Only here" in light.text()
    workspace_id = join(studio, mia, until)
    entry = add_drawing(library, project.id, mascots(1)[0], size=64)
    share(studio, until, workspace_id)
    until(lambda: "Synced" in light.text())
    with Library.open(tmp_path / "mia") as theirs:
        desk = CloudDesk(theirs)
        desk.sign_in(server.url, MIA, PASSWORD)
        desk.sync()
        assert theirs.gallery.get(entry.id).artifact.blob == entry.artifact.blob
        theirs.projects.rename(project.id, "Our mascots")
        desk.sync(project.id)
        desk.close()
    until(lambda: studio.session.project is not None and studio.session.project.name == "Our mascots")
    studio.window.registry["share.project"].trigger()
    sheet = studio.studio.sheet
    assert isinstance(sheet, ShareSheet)
    sheet.stop.click()
    sheet.stop.click()
    until(lambda: "Your copy stays" in sheet.note.text())
    assert library.gallery.get(entry.id).id == entry.id


def test_comments_come_and_go_with_mentions(
    enter: Enter, mia: SignedIn, until: Until, tmp_path: Path, server: ServerThread
) -> None:
    studio = enter(ADA, name="Ada")
    share(studio, until, join(studio, mia, until))
    studio.window.registry["comments.open"].trigger()
    panel = studio.studio.together.comments
    assert panel is not None and studio.window.comments_dock.isVisible()
    until(lambda: panel.writer.mentions("@mia fox, look"))
    panel.writer.edit.setPlainText("@Mia Fox what do you think?")
    panel.writer.send.click()

    def cards() -> list[CommentCard]:
        return [row for row in panel.list.rows() if isinstance(row, CommentCard)]

    until(lambda: [card.comment.text for card in cards()] == ["@Mia Fox what do you think?"])
    until(lambda: any("Ada" in one["sentence"] for one in mia.get("/notifications").json()["items"]))
    project = studio.session.project
    assert project is not None
    with Library.open(tmp_path / "mia") as theirs:
        desk = CloudDesk(theirs)
        desk.sign_in(server.url, MIA, PASSWORD)
        desk.sync()
        desk.comment(project.id, "Wonderful!")
        desk.sync(project.id)
        desk.close()
    until(lambda: [card.comment.author_name for card in cards()] == ["Ada", "Mia Fox"])
    cards()[0].changed.emit(cards()[0].comment.id, "And now?")
    until(lambda: cards()[0].comment.text == "And now?")
    cards()[0].removed.emit(cards()[0].comment.id)
    until(lambda: [card.comment.text for card in cards()] == ["Wonderful!"])


def test_who_is_here_is_seen_in_the_top_line(
    enter: Enter, mia: SignedIn, until: Until, tmp_path: Path, server: ServerThread
) -> None:
    studio = enter(ADA)
    share(studio, until, join(studio, mia, until))
    project, strip = studio.session.project, studio.studio.together.presence
    assert project is not None and not strip.isVisible()
    with Library.open(tmp_path / "mia") as theirs:
        desk = CloudDesk(theirs)
        desk.sign_in(server.url, MIA, PASSWORD)
        desk.sync()
        desk.start()
        until(lambda: desk.is_connected)
        desk.show_place(project.id, {"view": "paint"})
        until(strip.isVisible)
        until(lambda: strip.toolTip() == "Mia Fox paints")
        studio.window.registry["share.people"].trigger()
        (row,) = strip.popover.list.rows()
        assert isinstance(row, Row) and (row.title.text(), row.words.text()) == ("Mia Fox", "paints")
        strip.popover.close()
        desk.close()
    until(lambda: not strip.isVisible())


def test_a_viewer_sees_everything_and_is_told_why_nothing_can_be_changed(
    enter: Enter, mia: SignedIn, until: Until, tmp_path: Path
) -> None:
    workspace = mia.post("/workspaces", json={"name": "Rabbit & Co."}).json()
    studio = enter(ADA)
    mia.post(f"/workspaces/{workspace['id']}/invitations", json={"email": ADA, "role": "VIEWER"})
    with Library.open(tmp_path / "theirs") as theirs:
        desk = CloudDesk(theirs)
        desk.sign_in(str(mia.client.base_url).rstrip("/"), MIA, PASSWORD)
        project = theirs.projects.create("Website")
        add_drawing(theirs, project.id, mascots(1)[0], size=64)
        desk.share_project(project.id, workspace["id"])
        desk.sync(project.id)
        desk.close()
    sheet = workspaces_sheet(studio, until)
    until(lambda: sheet.offers.rows())
    offer = sheet.offers.rows()[0]
    assert isinstance(offer, Row)
    offer.tools[-1].click()
    library = studio.session.library
    assert library is not None
    until(lambda: any(one.name == "Website" for one in library.projects.list()))
    sheet.dismiss()
    studio.session.switch_project(next(one for one in library.projects.list() if one.name == "Website"))
    until(lambda: studio.session.read_only)
    until(lambda: studio.studio.together.cloud.status.state is SyncState.LOOKING)
    banner = studio.window.findChild(ReadOnlyBanner)
    assert banner is not None and banner.isVisible() and "Website" in banner.words.text()
    button = studio.studio.create.button
    assert not button.isEnabled() and "viewer" in button.toolTip()
    generate = studio.window.registry["create.generate"]
    assert not generate.isEnabled() and "viewer" in generate.toolTip()
    assert "View only" in studio.studio.together.light.text()
    studio.session.switch_project(library.projects.default())
    until(lambda: button.isEnabled())
    assert not banner.isVisible()
    assert generate.isEnabled() and "viewer" not in generate.toolTip()


def test_the_history_tells_who_and_brings_a_state_back(
    enter: Enter, mia: SignedIn, until: Until, tmp_path: Path, server: ServerThread
) -> None:
    studio = enter(ADA, name="Ada")
    share(studio, until, join(studio, mia, until))
    library, project = studio.session.library, studio.session.project
    assert library is not None and project is not None
    document = library.projects.document(project.id)
    document.save_mascot("Fin", Mascot())
    cloud = studio.studio.together.cloud
    cloud.ask(cloud, lambda desk: desk.sync(project.id), lambda _: cloud.refresh())
    with Library.open(tmp_path / "mia") as theirs:
        desk = CloudDesk(theirs)
        desk.sign_in(server.url, MIA, PASSWORD)

        def has_fin() -> bool:
            desk.sync()
            shared = any(one.id == project.id for one in theirs.projects.list())
            return shared and bool(theirs.projects.document(project.id).mascots())

        until(has_fin)
        theirs.projects.document(project.id).remove_mascot(theirs.projects.document(project.id).mascots()[0].id)
        desk.sync(project.id)
        desk.close()
    until(lambda: not document.mascots())
    studio.window.registry["history.versions"].trigger()
    sheet = studio.studio.sheet
    assert isinstance(sheet, VersionsSheet)
    until(lambda: [row for row in sheet.list.rows() if isinstance(row, Row)])
    rows = [row for row in sheet.list.rows() if isinstance(row, Row)]
    assert [row.title.text() for row in rows[:2]] == ["Mia Fox", "Ada"]
    rows[1].tools[0].click()
    until(lambda: [one.name for one in document.mascots()] == ["Fin"])
    until(lambda: "as it was then" in sheet.note.text())

    def authors() -> list[str]:
        return [row.title.text() for row in sheet.list.rows() if isinstance(row, Row)]

    until(lambda: authors()[:3] == ["Ada", "Mia Fox", "Ada"])


def test_a_public_page_is_made_copied_and_ended(enter: Enter, until: Until, qtbot: QtBot) -> None:
    studio = enter(ADA)
    library, project = studio.session.library, studio.session.project
    assert library is not None and project is not None
    add_drawing(library, project.id, mascots(1)[0], size=64)
    until(lambda: studio.studio.gallery.model.rowCount() == 1)
    studio.studio.gallery.view.select_row(0)
    until(lambda: studio.window.registry["share.publish"].isEnabled())
    studio.window.registry["share.publish"].trigger()
    sheet = studio.studio.sheet
    assert isinstance(sheet, PublishSheet)
    sheet.title.setText("Fin the fox")
    sheet.publish.click()
    until(lambda: sheet.stack.currentWidget() is sheet.after)
    page = httpx.get(sheet.url.text())
    assert page.status_code == 200 and "Fin the fox" in page.text
    sheet.copy.click()
    address = sheet.url.text()
    assert QGuiApplication.clipboard().text() == address
    sheet.dismiss()
    studio.window.registry["share.publish"].trigger()
    again = studio.studio.sheet
    assert isinstance(again, PublishSheet)
    until(lambda: again.stack.currentWidget() is again.after)
    assert again.url.text() == address
    sheet = again
    sheet.end.click()
    until(lambda: sheet.stack.currentWidget() is sheet.before)
    assert httpx.get(address).status_code == 410


def test_a_file_that_is_not_here_is_fetched_when_it_is_opened(
    enter: Enter, mia: SignedIn, until: Until, tmp_path: Path, server: ServerThread
) -> None:
    workspace = mia.post("/workspaces", json={"name": "Rabbit & Co."}).json()
    studio = enter(ADA)
    library = studio.session.library
    assert library is not None
    mia.post(f"/workspaces/{workspace['id']}/invitations", json={"email": ADA, "role": "MEMBER"})
    cloud = studio.studio.together.cloud
    cloud.ask(cloud, lambda desk: desk.accept(desk.invitations()[0].id))
    with Library.open(tmp_path / "theirs") as theirs:
        desk = CloudDesk(theirs)
        desk.sign_in(server.url, MIA, PASSWORD)
        project = theirs.projects.create("Website")
        entry = add_drawing(theirs, project.id, mascots(1)[0], size=1536)
        assert entry.artifact.size_bytes > 128 * 1024
        desk.share_project(project.id, workspace["id"])
        desk.sync(project.id)
        desk.close()
    cloud.ask(cloud, lambda desk: desk.sync())
    until(lambda: library.gallery.list(project.id))
    assert not library.blobs.path(entry.artifact.blob).is_file()
    until(lambda: cloud.status_of(project.id) is not None)
    studio.session.switch_project(library.projects.get(project.id))
    studio.session.select(library.gallery.get(entry.id))
    assert "fetching" in studio.studio.picture.bar.text.text()
    until(lambda: library.blobs.path(entry.artifact.blob).is_file())
    until(lambda: "fetching" not in studio.studio.picture.bar.text.text())
