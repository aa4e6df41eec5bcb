"""The account's sheet at a real server: signing up by mail, in and out, the second factor, keys, devices, the end."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pyotp
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from app.account import calls
from app.account.data_page import DataPage
from app.account.devices_page import DevicesPage
from app.account.keys_page import KeysPage
from app.account.profile_page import ProfilePage
from app.account.qr_code import QrCode
from app.account.security_page import QR_PX, SecurityPage
from app.account.sheet import AccountSheet
from app.account.telling_page import TellingPage
from app.sharing.actions import ACCOUNT_PAGES
from app.widgets.rows import Row
from engine.library.library import Library
from tests.app.conftest import MakeStudio, TestStudio, Until
from tests.app.sharing.conftest import Enter, account_sheet, sign_in_by_hand
from tests.sync_server.running import PASSWORD, Mailbox, ServerThread, register, sign_in

ADA = "ada@example.org"


def read_qr(code: QrCode) -> str:
    """What a phone's camera would read off the screen."""
    picture = code.image().convertToFormat(QImage.Format.Format_Grayscale8).scaled(QR_PX * 2, QR_PX * 2)
    shape = picture.height(), picture.bytesPerLine()
    pixels = np.frombuffer(picture.constBits(), np.uint8).reshape(shape)[:, : picture.width()]
    # OpenCV misses about one code in fifteen that phones read, but hardly one in all four positions.
    turned = (np.ascontiguousarray(np.rot90(pixels, turns)) for turns in range(4))
    return next((text for one in turned if (text := cv2.QRCodeDetector().detectAndDecode(one)[0])), "")


def titles(page: Any) -> list[str]:
    return [row.title.text() for row in page.list.rows() if isinstance(row, Row)]


def test_without_an_account_nothing_connects_and_nothing_of_it_is_seen(
    make_studio: MakeStudio, tmp_path: Path, until: Until, qtbot: QtBot
) -> None:
    connected: list[object] = []
    sys.addaudithook(lambda event, arguments: connected.append(arguments) if event == "socket.connect" else None)
    studio = make_studio(tmp_path / "library")
    until(lambda: studio.session.dispatcher is not None)
    account_sheet(studio).dismiss()
    qtbot.wait(300)
    together = studio.studio.together
    assert not together.light.isVisible() and not together.bell.isVisible() and not together.presence.isVisible()
    assert not together.face.isVisible()
    registry = studio.window.registry
    assert registry["account.open"].text() == "Sign in…" and not registry["account.keys"].isVisible()
    assert not [one for one in connected if isinstance(one, tuple) and isinstance(one[1], tuple)]


def test_signing_up_confirming_by_mail_signing_in_and_out(
    studio: TestStudio, server: ServerThread, mailbox: Mailbox, until: Until
) -> None:
    sheet = account_sheet(studio)
    pages = sheet.sign_in
    assert pages is not None
    pages.go("sign_up")
    given = {"server": server.url, "name": "Ada Lovelace", "email": ADA, "new_password": PASSWORD}
    for name, text in given.items():
        pages.page.lines[name].setText(text)
    pages.page.submit()
    until(lambda: pages.page is pages.pages["confirm"])
    token = mailbox.code(ADA)
    pages.go("sign_in")
    pages.page.lines["password"].setText(PASSWORD)
    pages.page.submit()
    until(lambda: pages.page is pages.pages["confirm"] and "isn't confirmed yet" in pages.page.words.text())
    pages.page.lines["link"].setText(f"{server.url}/verify-email?token={token}")
    pages.page.submit()
    until(lambda: pages.page is pages.pages["sign_in"])
    assert pages.page.text("email") == ADA and pages.page.text("server") == server.url
    pages.page.lines["password"].setText(PASSWORD)
    pages.page.submit()
    cloud = studio.studio.together.cloud
    until(lambda: cloud.is_in and sheet.pages)
    assert cloud.account is not None and (cloud.account.name, cloud.account.email) == ("Ada Lovelace", ADA)
    assert studio.studio.together.light.isVisible() and studio.studio.together.bell.isVisible()
    profile = sheet.pages["profile"]
    assert isinstance(profile, ProfilePage)
    profile.name.setText("Countess Lovelace")
    profile.keep.click()
    until(lambda: cloud.account is not None and cloud.account.name == "Countess Lovelace")
    profile = sheet.pages["profile"]
    assert isinstance(profile, ProfilePage)
    profile.out.click()
    until(lambda: not cloud.is_in)
    assert sheet.sign_in is not None and not studio.studio.together.bell.isVisible()
    assert sheet.sign_in.page.text("server") == server.url and sheet.sign_in.page.text("email") == ADA
    assert sheet.sign_in.page.lines["password"].hasFocus()
    assert studio.sentences == ["You are signed in.", "You are signed out. Everything stays in your library."]


def test_what_cannot_be_right_is_said_at_its_line_before_anything_connects(studio: TestStudio) -> None:
    pages = account_sheet(studio).sign_in
    assert pages is not None and pages.page.lines["email"].hasFocus()
    pages.go("sign_up")
    given = {"server": "http://127.0.0.1:1", "name": "Ada", "email": "ada at home", "new_password": "short"}
    for name, text in given.items():
        pages.page.lines[name].setText(text)
    pages.page.submit()
    assert pages.page.fields["email"].note.text() == "This is no e-mail address."
    pages.page.lines["email"].setText(ADA)
    pages.page.submit()
    assert pages.page.fields["new_password"].note.text() == "A password needs 10 characters or more."
    assert pages.page.button.isEnabled() and not pages.page.note.isVisible()


def test_every_page_of_the_account_has_an_action_of_its_own(enter: Enter) -> None:
    studio = enter(ADA)
    assert studio.window.registry["account.open"].text() == "Account…"
    for page, _, _ in ACCOUNT_PAGES:
        studio.window.registry[f"account.{page}"].trigger()
        sheet = studio.studio.sheet
        assert isinstance(sheet, AccountSheet)
        assert sheet.stack.currentWidget() is sheet.pages[page] and sheet.switch.key == page
    studio.studio.sheet.dismiss()
    studio.window.registry["account.sign_out"].trigger()


def test_what_one_is_told_of_by_mail_is_chosen(enter: Enter, until: Until) -> None:
    studio = enter(ADA)
    sheet = account_sheet(studio)
    sheet.show_page("telling")
    page = sheet.pages["telling"]
    assert isinstance(page, TellingPage)
    until(lambda: page.boxes)
    by_mail = page.boxes["commented", "mail"]
    assert by_mail.isChecked()
    by_mail.click()
    cloud, told = studio.studio.together.cloud, []

    def mailed(kind: str) -> bool:
        told.clear()
        cloud.ask(cloud, calls.telling, told.append)
        until(lambda: told)
        return next(one.mail for one in told[0].kinds if one.kind == kind)

    until(lambda: not mailed("commented"))
    assert mailed("mentioned")
    page.rhythm.setCurrentIndex(page.rhythm.findData("never"))
    page.rhythm.activated.emit(page.rhythm.currentIndex())
    until(lambda: not by_mail.isEnabled())
    assert page.boxes["commented", "app"].isEnabled()


def test_a_wrong_password_and_a_server_that_is_not_there_are_one_sentence_each(
    studio: TestStudio, server: ServerThread, until: Until
) -> None:
    register(server, ADA)
    sheet = account_sheet(studio)
    assert sheet.sign_in is not None
    page = sheet.sign_in.pages["sign_in"]
    page.submit()
    assert page.fields["email"].note.text() == "E-mail is missing."
    page.lines["server"].setText(server.url)
    page.lines["email"].setText(ADA)
    page.lines["password"].setText("wrong horse battery")
    page.submit()
    until(lambda: page.note.isVisible())
    assert "wrong" in page.note.text() and page.button.isEnabled()
    page.lines["server"].setText("http://127.0.0.1:1")
    page.submit()
    until(lambda: "can't be reached" in page.note.text())
    assert not studio.studio.together.cloud.is_in


def test_a_sign_in_lasts_from_one_run_of_the_studio_to_the_next(
    make_studio: MakeStudio, enter: Enter, tmp_path: Path, until: Until
) -> None:
    first = enter(ADA)
    first.window.close()
    first.close()
    with Library.open(tmp_path / "ada") as library:
        assert PASSWORD not in str(library.settings.get("cloud.account"))
    again = make_studio(tmp_path / "ada")
    until(lambda: again.studio is not None and again.studio.together.cloud.is_in)


def test_the_second_factor_is_set_up_asked_for_and_switched_off(
    enter: Enter, server: ServerThread, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = enter(ADA)
    sheet = account_sheet(studio)
    sheet.show_page("security")
    page = sheet.pages["security"]
    assert isinstance(page, SecurityPage)
    page.begin_password.setText(PASSWORD)
    page.begin.click()
    until(lambda: page.stack.currentWidget() is page.enrol)
    secret = page.secret.text().replace(" ", "")
    assert f"secret={secret}" in read_qr(page.qr)
    totp = pyotp.TOTP(secret)
    page.code.setText(totp.now())
    page.confirm.click()
    until(lambda: page.stack.currentWidget() is page.codes)
    recovery = page.recovery
    assert len(recovery) == 10
    profile = sheet.pages["profile"]
    assert isinstance(profile, ProfilePage)
    profile.out.click()
    cloud = studio.studio.together.cloud
    until(lambda: not cloud.is_in and sheet.sign_in)
    pages = sheet.sign_in
    assert pages is not None
    pages.page.lines["server"].setText(server.url)
    pages.page.lines["email"].setText(ADA)
    pages.page.lines["password"].setText(PASSWORD)
    pages.page.submit()
    until(lambda: pages.page is pages.pages["second"])
    pages.page.lines["code"].setText(recovery[0])
    pages.page.submit()
    until(lambda: cloud.is_in and sheet.pages)
    sheet.show_page("security")
    page = sheet.pages["security"]
    assert isinstance(page, SecurityPage)
    until(lambda: page.stack.currentWidget() is page.on)
    assert "9 recovery codes" in page.left.text()
    page.off_password.setText(PASSWORD)
    page.off_code.setText(recovery[1])
    page.end.click()
    until(lambda: page.stack.currentWidget() is page.off)


def test_another_device_is_seen_and_signed_out(enter: Enter, server: ServerThread, until: Until) -> None:
    studio = enter(ADA)
    laptop = sign_in(server, ADA, device_name="Laptop")
    sheet = account_sheet(studio)
    sheet.show_page("devices")
    page = sheet.pages["devices"]
    assert isinstance(page, DevicesPage)
    until(lambda: len(titles(page)) == 2)
    assert "Laptop" in titles(page)
    row = next(row for row in page.list.rows() if isinstance(row, Row) and row.title.text() == "Laptop")
    row.tools[0].click()
    until(lambda: len(titles(page)) == 1)
    assert laptop.get("/auth/me").status_code == 401


def test_an_api_key_is_shown_once_works_and_is_revoked(enter: Enter, server: ServerThread, until: Until) -> None:
    studio = enter(ADA)
    sheet = account_sheet(studio)
    sheet.show_page("keys")
    page = sheet.pages["keys"]
    assert isinstance(page, KeysPage)
    page.make.click()
    assert "Give the key a name" in page.note.text()
    page.name.setText("Nightly export")
    page.make.click()
    until(lambda: page.fresh.isVisible() and titles(page) == ["Nightly export"])
    secret = page.secret.text()
    with server.client(secret) as script:
        assert script.get("/api/v1/workspaces").status_code == 200
        row = page.list.rows()[0]
        assert isinstance(row, Row)
        row.tools[0].click()
        until(lambda: not titles(page))
        assert script.get("/api/v1/workspaces").status_code == 401
    sheet.show_page("keys")
    assert page.secret.text() == "" and not page.fresh.isVisible()


def test_a_copy_of_the_data_and_the_end_of_the_account(
    enter: Enter, server: ServerThread, until: Until, tmp_path: Path, qtbot: QtBot
) -> None:
    studio = enter(ADA)
    sheet = account_sheet(studio)
    sheet.show_page("data")
    page = sheet.pages["data"]
    assert isinstance(page, DataPage)
    copy = tmp_path / "copy.zip"
    page.save_to(copy)
    until(lambda: "Saved to" in page.note.text())
    with zipfile.ZipFile(copy) as archive:
        assert any("users" in name for name in archive.namelist())
    page.password.setText(PASSWORD)
    qtbot.mouseClick(page.delete, Qt.MouseButton.LeftButton)
    assert studio.studio.together.cloud.is_in, "the first press only asks"
    qtbot.mouseClick(page.delete, Qt.MouseButton.LeftButton)
    until(lambda: studio.studio.together.cloud.account is None)
    assert sheet.sign_in is not None
    with server.client() as nobody:
        answer = nobody.post("/api/v1/auth/login", json={"email": ADA, "password": PASSWORD})
        assert answer.status_code == 401


def test_a_forgotten_password_is_set_anew_by_mail(
    studio: TestStudio, server: ServerThread, mailbox: Mailbox, until: Until
) -> None:
    register(server, ADA)
    seen = len(mailbox.to(ADA))
    pages = account_sheet(studio).sign_in
    assert pages is not None
    pages.page.lines["server"].setText(server.url)
    pages.page.lines["email"].setText(ADA)
    pages.go("forgot")
    pages.page.submit()
    until(lambda: pages.page is pages.pages["reset"])
    pages.page.lines["link"].setText(mailbox.code(ADA, count=seen + 1))
    pages.page.lines["new_password"].setText("another horse battery")
    pages.page.submit()
    until(lambda: pages.page is pages.pages["sign_in"])
    studio.studio.sheet.dismiss()
    sign_in_by_hand(studio, until, server.url, ADA, "another horse battery")
