"""Signing in and staying signed in, with a real server."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import pytest

from engine.cloud import secrets as secrets_module
from engine.cloud.desk import CloudDesk
from engine.cloud.http import Http
from engine.cloud.secrets import FileSecrets
from engine.cloud.session import server_url
from engine.library.library import Library
from engine.protocol.errors import (
    AddressUnconfirmed,
    BadInput,
    Offline,
    SecondFactorNeeded,
    Unauthenticated,
    Unavailable,
)
from tests.cloud.people import Someone, Town
from tests.library.making import ROOT
from tests.sync_server.running import PASSWORD, ServerThread


def test_an_account_is_made_confirmed_and_used(server: ServerThread, tmp_path: Path) -> None:
    with Library.open(tmp_path / "library") as library:
        desk = CloudDesk(library)
        desk.sign_up(server.url, "ada@example.org", PASSWORD, "Ada")
        with pytest.raises(AddressUnconfirmed):
            desk.sign_in(server.url, "ada@example.org", PASSWORD)
        desk.confirm(server.url, server.mailbox.code("ada@example.org"))
        account = desk.sign_in(server.url, "ada@example.org", PASSWORD)
        assert (account.name, account.email, account.signed_in) == ("Ada", "ada@example.org", True)
        assert [one.personal for one in desk.workspaces()] == [True]
        desk.sign_out()
        assert desk.account() is None
        with pytest.raises(Unauthenticated, match="sign in first"):
            desk.workspaces()
        desk.close()


def test_a_wrong_password_is_one_sentence(town: Town, ada: Someone) -> None:
    with pytest.raises(Unauthenticated, match="wrong"):
        ada.desk.sign_in(town.server.url, "ada@example.org", "not the password")
    assert ada.desk.workspaces(), "the earlier sign-in goes on"


def test_a_second_factor_is_asked_for(town: Town, ada: Someone) -> None:
    import pyotp

    enrolled = ada.desk.call("POST", "/auth/second-factor/enrol", {"password": PASSWORD})
    assert isinstance(enrolled, dict)
    totp = pyotp.TOTP(str(enrolled["secret"]))
    ada.desk.call("POST", "/auth/second-factor/confirm", {"code": totp.now()})
    with pytest.raises(SecondFactorNeeded):
        ada.desk.sign_in(town.server.url, "ada@example.org", PASSWORD)
    codes = totp.at(time.time() + 30)
    assert ada.desk.sign_in(town.server.url, "ada@example.org", PASSWORD, codes).signed_in


def test_tokens_are_not_in_the_library_and_unreadable_beside_it(ada: Someone, secrets: Path) -> None:
    token = ada.desk.session.token()
    ada.library.database.compact()
    for file in [*ada.library.folder.rglob("*"), *secrets.rglob("*")]:
        if file.is_file():
            assert token.encode() not in file.read_bytes(), file
    for file in secrets.iterdir():
        assert file.suffix == ".lock" or file.stat().st_mode & 0o077 == 0, file
    assert "encrypted file" in ada.desk.account().kept_in  # type: ignore[union-attr]


def test_a_copied_library_asks_for_a_sign_in_on_another_computer(
    ada: Someone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MASCOTFORGE_SECRETS", str(tmp_path / "another computer"))
    with Library.open(ada.library.folder) as copy:
        desk = CloudDesk(copy)
        account = desk.account()
        assert account is not None and not account.signed_in
        with pytest.raises(Unauthenticated, match=r"sign in again as ada@example\.org"):
            desk.workspaces()
        desk.close()


def test_an_access_token_that_ends_is_renewed_without_a_word(
    make_server: Callable[..., ServerThread], town_at: Callable[[ServerThread], Town]
) -> None:
    ada = town_at(make_server(access_token_s=1)).arrives("ada")
    first = ada.desk.session.token()
    time.sleep(1.2)
    assert ada.desk.workspaces()
    assert ada.desk.session.token() != first


ASK = """
import sys
from pathlib import Path
from engine.cloud.desk import CloudDesk
from engine.library.library import Library
with Library.open(Path(sys.argv[1])) as library:
    desk = CloudDesk(library)
    for _ in range(8):
        desk.session.token(but=desk.session._tokens.access if desk.session._tokens else None)
        desk.workspaces()
    print("still signed in")
"""


def test_programs_that_refresh_at_once_do_not_look_like_thieves(
    make_server: Callable[..., ServerThread], town_at: Callable[[ServerThread], Town]
) -> None:
    """Each refresh token is used once, however many programs and threads there are: no grace is needed."""
    ada = town_at(make_server(refresh_grace_s=0, access_token_s=1)).arrives("ada")
    command = [sys.executable, "-c", ASK, str(ada.library.folder)]
    beside = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    failed: list[BaseException] = []

    def ask() -> None:
        try:
            for _ in range(8):
                ada.desk.workspaces()
                time.sleep(0.05)
        except Unauthenticated as error:
            failed.append(error)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [process.communicate(timeout=60)[0].strip() for process in beside] == ["still signed in"] * 2
    assert failed == []


def test_an_api_key_signs_in_with_what_it_may_do(town: Town, ada: Someone) -> None:
    made = ada.desk.call("POST", "/auth/api-keys", {"name": "script", "scopes": ["read"]})
    assert isinstance(made, dict)
    key = str(made["secret"])
    robot = town.arrives("ada", computer="-robot")
    assert robot.desk.sign_in_with_key(town.server.url, key).email == "ada@example.org"
    assert robot.desk.workspaces()
    with pytest.raises(BadInput, match="mfk_"):
        robot.desk.sign_in_with_key(town.server.url, "something else")


def test_the_offline_switch_closes_every_door(ada: Someone) -> None:
    ada.library.settings.set("offline", True)
    with pytest.raises(Offline, match="offline"):
        ada.desk.workspaces()
    with pytest.raises(Offline):
        ada.desk.sign_in("http://127.0.0.1:1", "ada@example.org", PASSWORD)


def test_a_server_that_is_not_there_is_one_sentence_and_tried_again_where_that_is_safe() -> None:
    pauses: list[float] = []
    http = Http(lambda: False, pauses.append)
    with pytest.raises(Unavailable, match=re.escape("127.0.0.1:9 can't be reached")):
        http.request("GET", "http://127.0.0.1:9/")
    assert len(pauses) == 3
    with pytest.raises(Unavailable):
        http.request("POST", "http://127.0.0.1:9/")
    assert len(pauses) == 3


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("mascots.example.org", "https://mascots.example.org"),
        ("localhost:8765", "http://localhost:8765"),
        ("http://192.168.0.5:8765/", "http://192.168.0.5:8765"),
        (" https://example.org/mascots/api/v1 ", "https://example.org/mascots"),
    ],
)
def test_an_address_is_understood_as_it_is_typed(typed: str, meant: str) -> None:
    assert server_url(typed) == meant


@pytest.mark.parametrize("typed", ["", "ftp://example.org", "https://", "https://me:secret@example.org"])
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(BadInput):
        server_url(typed)


def test_a_damaged_secret_is_no_secret(tmp_path: Path) -> None:
    kept = FileSecrets(tmp_path)
    kept.set("name", "value")
    assert kept.get("name") == "value"
    assert kept.get("another") is None
    [file] = tmp_path.glob("*.secret")
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    assert kept.get("name") is None


def test_a_keyring_is_used_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    import keyring
    from keyring.backend import KeyringBackend

    class Memory(KeyringBackend):
        priority = 1  # type: ignore[assignment]
        kept: ClassVar[dict[tuple[str, str], str]] = {}

        def get_password(self, service: str, username: str) -> str | None:
            return self.kept.get((service, username))

        def set_password(self, service: str, username: str, password: str) -> None:
            self.kept[service, username] = password

        def delete_password(self, service: str, username: str) -> None:
            del self.kept[service, username]

    before = keyring.get_keyring()
    monkeypatch.delenv("MASCOTFORGE_SECRETS")
    keyring.set_keyring(Memory())
    try:
        secrets = secrets_module.open_secrets()
        secrets.set("name", "value")
        assert Memory.kept == {("MascotForge", "name"): "value"}
        assert secrets.get("name") == "value"
        secrets.forget("name")
        assert secrets.get("name") is None
        assert "keyring" in secrets.place
    finally:
        keyring.set_keyring(before)
