"""Studios at a real server: people who sign up by mail, each with a library of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.account.sheet import AccountSheet
from tests.app.conftest import MakeStudio, TestStudio, Until
from tests.sync_server.conftest import (  # noqa: F401 - the server's own fixtures
    _mail_server,
    client,
    mailbox,
    make_server,
    server,
    server_config,
    sign_up,
)
from tests.sync_server.running import PASSWORD, ServerThread, register


@pytest.fixture(autouse=True)
def own_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens in a folder of the test, never in somebody's keyring."""
    monkeypatch.setenv("MASCOTFORGE_SECRETS", str(tmp_path / "secrets"))


def account_sheet(studio: TestStudio) -> AccountSheet:
    """Open the account by its action."""
    studio.window.registry["account.open"].trigger()
    sheet = studio.studio.sheet
    assert isinstance(sheet, AccountSheet)
    return sheet


def sign_in_by_hand(studio: TestStudio, until: Until, url: str, email: str, password: str = PASSWORD) -> AccountSheet:
    """Type it into the account's sheet, as people do."""
    sheet = account_sheet(studio)
    assert sheet.sign_in is not None
    page = sheet.sign_in.pages["sign_in"]
    for name, text in (("server", url), ("email", email), ("password", password)):
        page.lines[name].setText(text)
    page.submit()
    until(lambda: studio.studio.together.cloud.is_in)
    return sheet


Enter = Callable[..., TestStudio]


@pytest.fixture
def enter(make_studio: MakeStudio, tmp_path: Path, until: Until, server: ServerThread) -> Enter:  # noqa: F811
    """`enter("ada@example.org")`: a studio of its own, whose person has an account and is signed in."""

    def make(email: str, *, name: str = "") -> TestStudio:
        register(server, email, name=name)
        run = make_studio(tmp_path / email.partition("@")[0])
        until(lambda: run.session.dispatcher is not None)
        assert run.session.library is not None
        run.session.library.queue.pause()
        sheet = sign_in_by_hand(run, until, server.url, email)
        sheet.dismiss()
        return run

    return make
