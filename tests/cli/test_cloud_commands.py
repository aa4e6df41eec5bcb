"""`login`, `logout`, `workspace`, `share`, `sync`, `status` against a real server: two people, each with a library."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pyotp
import pytest
from PIL import Image

from engine.cli import exits
from engine.cli.main import main
from engine.library.library import Library
from tests.app.samples import add_drawing, mascots, png_of
from tests.sync_server.conftest import (  # noqa: F401 - the server's own fixtures
    _mail_server,
    mailbox,
    make_server,
    server,
    server_config,
)
from tests.sync_server.running import PASSWORD, Mailbox, ServerThread, register, sign_in

ADA, MIA = "ada@example.org", "mia@example.org"


class Person:
    """Somebody at a command line with a library of their own."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._monkeypatch, self._capsys = monkeypatch, capsys

    def run(self, *arguments: str, typed: str = "", code: int = exits.OK) -> Any:
        """A command with --json and what is on its standard input; its document."""
        self._monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        self._capsys.readouterr()
        done = main([*arguments, "--json", "--library", str(self.folder)])
        said = self._capsys.readouterr()
        assert done == code, f"{done}: {said.out} {said.err}"
        return json.loads(said.out)

    def says(self, *arguments: str, typed: str = "", code: int = exits.OK) -> str:
        """A command for people; what it printed."""
        self._monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        self._capsys.readouterr()
        done = main([*arguments, "--library", str(self.folder)])
        said = self._capsys.readouterr()
        assert done == code, f"{done}: {said.out} {said.err}"
        return said.out + said.err


@pytest.fixture
def person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """`person("ada")`: with a library of that name, and tokens in a folder of the test."""
    monkeypatch.setenv("MASCOTFORGE_SECRETS", str(tmp_path / "secrets"))
    return lambda name: Person(tmp_path / name, monkeypatch, capsys)


@pytest.fixture
def ada(person: Any, server: ServerThread) -> Person:  # noqa: F811
    register(server, ADA, name="Ada")
    ada = person("ada")
    ada.run("login", "--server", server.url, "--email", ADA, "--password-stdin", typed=f"{PASSWORD}\n")
    return ada


@pytest.fixture
def mia(person: Any, server: ServerThread) -> Person:  # noqa: F811
    register(server, MIA, name="Mia")
    mia = person("mia")
    mia.run("login", "--server", server.url, "--email", MIA, "--password-stdin", typed=f"{PASSWORD}\n")
    return mia


def test_signing_up_in_and_out(person: Any, server: ServerThread, mailbox: Mailbox) -> None:  # noqa: F811
    ada = person("ada")
    assert ada.run("status")["account"] is None
    assert "nothing connects" in ada.says("status")
    begin = ("login", "--server", server.url, "--email", ADA, "--password-stdin")
    assert ada.run(*begin, "--new", "--name", "Ada", typed=f"{PASSWORD}\n")["mail_sent"]
    assert "--mail-again" in ada.says(*begin, typed=f"{PASSWORD}\n", code=exits.SIGNED_OUT)
    assert ada.run(*begin, "--mail-again")["mail_sent"]
    refused = ada.says(*begin, "--confirm", "nonsense", typed=f"{PASSWORD}\n", code=exits.NOT_FOUND)
    assert "not valid or too old" in refused
    confirm = (*begin, "--confirm", mailbox.code(ADA))
    assert ada.run(*confirm, typed=f"{PASSWORD}\n")["email"] == ADA
    assert ada.run(*begin, typed="wrong horse battery\n", code=exits.SIGNED_OUT)["error"]["code"] == "unauthenticated"
    assert ada.run(*begin, typed=f"{PASSWORD}\n")["name"] == "Ada"
    status = ada.run("status")
    assert (status["account"]["email"], status["account"]["signed_in"], status["projects"]) == (ADA, True, [])
    assert ADA in ada.says("logout")
    assert "Nobody is signed in" in ada.says("logout")
    assert ada.run("workspace", "list", code=exits.SIGNED_OUT)["error"]["code"] == "unauthenticated"


def test_signing_out_everywhere_ends_other_devices(ada: Person, server: ServerThread) -> None:  # noqa: F811
    laptop = sign_in(server, ADA)
    assert ada.run("logout", "--everywhere")["everywhere"]
    assert laptop.get("/auth/me").status_code == 401


def test_a_second_factor_is_asked_for(person: Any, server: ServerThread) -> None:  # noqa: F811
    register(server, ADA)
    web = sign_in(server, ADA)
    secret = web.post("/auth/second-factor/enrol", json={"password": PASSWORD}).json()["secret"]
    totp = pyotp.TOTP(secret)
    recovery = web.post("/auth/second-factor/confirm", json={"code": totp.now()}).json()["codes"]
    ada = person("ada")
    begin = ("login", "--server", server.url, "--email", ADA, "--password-stdin")
    refused = ada.run(*begin, typed=f"{PASSWORD}\n", code=exits.SIGNED_OUT)
    assert refused["error"]["code"] == "second_factor_needed"
    assert ada.run(*begin, "--code", recovery[0], typed=f"{PASSWORD}\n")["email"] == ADA


def test_an_api_key_signs_a_script_in_and_its_scopes_hold(person: Any, server: ServerThread) -> None:  # noqa: F811
    register(server, ADA)
    made = sign_in(server, ADA).post("/auth/api-keys", json={"name": "script", "scopes": ["read"]}).json()
    script = person("script")
    assert script.run("login", "--server", server.url, "--api-key", typed=f"{made['secret']}\n")["email"] == ADA
    assert [row["personal"] for row in script.run("workspace", "list")["rows"]] == [True]
    own = script.run("workspace", "list")["rows"][0]["id"]
    assert script.run("projects", "create", "Website")["name"] == "Website"
    script.run("share", "Website", "--workspace", own, code=exits.FORBIDDEN)


def test_a_project_is_shared_and_both_libraries_become_equal(ada: Person, mia: Person) -> None:
    assert ada.run("workspace", "create", "Studio Fox")["name"] == "Studio Fox"
    ada.run("workspace", "invite", "studio fox", MIA, "--role", "member")
    assert "Studio Fox" in mia.says("workspace", "list")
    assert mia.run("workspace", "join", "Studio Fox")["role"] == "MEMBER"
    assert [row["name"] for row in ada.run("workspace", "members", "Studio Fox")["rows"]] == ["Ada", "Mia"]
    with Library.open(ada.folder) as library:
        project = library.projects.create("Website")
        entry = add_drawing(library, project.id, mascots(1)[0], size=64)
    ada.run("share", "Website", "--workspace", "Studio Fox")
    assert [row["state"] for row in mia.run("sync", "--originals")["rows"]] == ["synced"]
    with Library.open(mia.folder) as library:
        assert library.blobs.path(entry.artifact.blob).is_file()
        library.projects.rename(project.id, "Our website")
    assert mia.run("status")["projects"][0]["keeps_files"]
    mia.run("sync", "Our website")
    ada.run("sync")
    assert ada.run("status")["projects"][0]["name"] == "Our website"
    ada.run("projects", "create", "Private")
    assert ada.run("status", "--project", "Private")["projects"] == []
    assert [row["name"] for row in ada.run("sync", "--project", "Our website")["rows"]] == ["Our website"]
    ada.run("sync", "--project", "Private", code=exits.NOT_FOUND)
    ada.run("logout")
    ada.run("login", "--email", ADA, "--password-stdin", typed=f"{PASSWORD}\n")
    assert ada.run("share", "Our website", "--stop")["stopped"]
    assert ada.run("status")["projects"][0]["state"] == "stopped"
    with Library.open(ada.folder) as library:
        assert library.gallery.get(entry.id).id == entry.id


def test_what_one_account_left_unsent_waits_for_it_or_for_a_word(ada: Person, mia: Person) -> None:
    ada.run("workspace", "create", "Studio Fox")
    ada.run("workspace", "invite", "Studio Fox", MIA)
    mia.run("workspace", "join", "Studio Fox")
    ada.run("projects", "create", "Website")
    ada.run("share", "Website", "--workspace", "Studio Fox")
    ada.run("projects", "describe", "Website", "Ada's words")
    assert ada.run("logout")["waiting"] == 1
    ada.run("login", "--email", MIA, "--password-stdin", typed=f"{PASSWORD}\n")
    [row] = ada.run("sync", code=exits.CONFLICT)["rows"]
    assert (row["state"], row["waits"], row["trouble"]) == ("held", 1, "conflict")
    assert "`mascotforge sync Website --as-me`" in ada.says("status")
    assert [row["state"] for row in ada.run("sync", "Website", "--as-me")["rows"]] == ["synced"]
    mia.run("sync")
    with Library.open(mia.folder) as library:
        assert [one.description for one in library.projects.list() if one.name == "Website"] == ["Ada's words"]


def test_signing_out_sends_first_what_waits(ada: Person, mia: Person) -> None:
    ada.run("workspace", "create", "Studio Fox")
    ada.run("workspace", "invite", "Studio Fox", MIA)
    mia.run("workspace", "join", "Studio Fox")
    ada.run("projects", "create", "Website")
    ada.run("share", "Website", "--workspace", "Studio Fox")
    ada.run("projects", "describe", "Website", "Left here")
    assert f"1 change in “Website” waits for the next sign-in of {ADA}." in ada.says("logout")
    ada.run("login", "--email", ADA, "--password-stdin", typed=f"{PASSWORD}\n")
    assert ada.run("logout", "--send")["waiting"] == 0
    mia.run("sync")
    with Library.open(mia.folder) as library:
        assert [one.description for one in library.projects.list() if one.name == "Website"] == ["Left here"]


def test_roles_are_given_and_taken(ada: Person, mia: Person) -> None:
    ada.run("workspace", "create", "Studio Fox")
    ada.run("workspace", "invite", "Studio Fox", MIA)
    mia.run("workspace", "join", "Studio Fox")
    assert ada.run("workspace", "role", "Studio Fox", "mia", "viewer")["role"] == "VIEWER"
    ada.run("projects", "create", "Website")
    ada.run("share", "Website", "--workspace", "Studio Fox")
    rows = mia.run("sync")["rows"]
    assert [(row["role"], row["state"]) for row in rows] == [("VIEWER", "looking")]
    mia.run("workspace", "invite", "Studio Fox", "eve@example.org", code=exits.FORBIDDEN)
    ada.run("workspace", "leave", "Studio Fox", code=exits.CONFLICT)
    assert "Mia" in ada.says("workspace", "remove", "Studio Fox", MIA)
    mia.run("workspace", "members", "Studio Fox", code=exits.NOT_FOUND)


def test_invitations_are_answered_and_taken_back_and_a_workspace_changes_hands(ada: Person, mia: Person) -> None:
    ada.run("workspace", "create", "Studio Fox")
    ada.run("workspace", "invite", "Studio Fox", MIA)
    rows = ada.run("workspace", "members", "Studio Fox")["rows"]
    assert [(row["email"], row["standing"]) for row in rows] == [(ADA, "member"), (MIA, "invited")]
    assert "mascotforge workspace join 'Studio Fox'" in mia.says("workspace", "list")
    assert "declined" in mia.says("workspace", "decline", "studio fox")
    ada.run("workspace", "invite", "Studio Fox", MIA)
    assert ada.run("workspace", "revoke", "Studio Fox", MIA)["revoked"]
    ada.run("workspace", "revoke", "Studio Fox", MIA, code=exits.NOT_FOUND)
    mia.run("workspace", "join", "Studio Fox", code=exits.NOT_FOUND)
    ada.run("workspace", "invite", "Studio Fox", MIA)
    assert mia.run("workspace", "accept", "Studio Fox")["role"] == "MEMBER"
    assert "belongs to Mia now" in ada.says("workspace", "transfer", "Studio Fox", "mia")
    assert mia.run("workspace", "rename", "Studio Fox", "Studio Bear")["name"] == "Studio Bear"
    ada.run("workspace", "delete", "Studio Bear", code=exits.FORBIDDEN)
    assert "Copies" in mia.says("workspace", "delete", "Studio Bear")
    assert [row["name"] for row in mia.run("workspace", "list")["rows"]] == ["Personal"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("workspace", "create", ""), "The name can't be used: it is empty."),
        (("workspace", "create", "a/b"), "The name can't be used: it looks like a path"),
        (("workspace", "invite", "Personal", "mia"), "The email can't be used: an email address must have an @-sign."),
    ],
)
def test_a_value_that_the_server_refuses_is_named_with_the_reason(
    ada: Person, arguments: tuple[str, ...], sentence: str
) -> None:
    assert sentence in ada.says(*arguments, code=exits.BAD_INPUT)


def test_a_full_workspace_is_said_by_sync_and_by_status_afterwards(
    person: Any,
    make_server: Callable[..., ServerThread],  # noqa: F811
    tmp_path: Path,
) -> None:
    small = make_server(quota_bytes=20_000)
    register(small, ADA, name="Ada")
    ada = person("ada")
    ada.run("login", "--server", small.url, "--email", ADA, "--password-stdin", typed=f"{PASSWORD}\n")
    own = ada.run("workspace", "list")["rows"][0]["id"]
    ada.run("projects", "create", "Website")
    file = tmp_path / "noise.png"
    Image.frombytes("RGBA", (100, 100), os.urandom(40_000)).save(file)
    with Library.open(ada.folder) as library:
        project = library.projects.list()[0].id
        library.gallery.import_picture(project, file)
    ada.run("share", "Website", "--workspace", own)
    [row] = ada.run("sync", code=exits.QUOTA)["rows"]
    assert (row["state"], row["files_to_send"], row["trouble"]) == ("waiting", 1, "out_of_quota")
    [later] = ada.run("status")["projects"]
    assert (later["said"], later["trouble"], later["files_to_send"]) == (row["said"], "out_of_quota", 1)
    assert "has no room" in ada.says("status")


def test_the_empty_first_project_is_not_listed_beside_others(ada: Person) -> None:
    with Library.open(ada.folder) as library:
        library.projects.default()
    assert [row["name"] for row in ada.run("projects", "list")["rows"]] == ["My mascots"]
    ada.run("projects", "create", "Website")
    assert [row["name"] for row in ada.run("projects", "list")["rows"]] == ["Website"]
    ada.run("projects", "describe", "My mascots", "for trials")
    assert {row["name"] for row in ada.run("projects", "list")["rows"]} == {"My mascots", "Website"}


def test_a_picture_file_gets_a_public_page_and_loses_it(ada: Person, tmp_path: Path) -> None:
    file = tmp_path / "fox.png"
    file.write_bytes(png_of(mascots(1)[0], 64))
    own = ada.run("workspace", "list")["rows"][0]["id"]
    ada.run("projects", "create", "Website")
    ada.run("share", "Website", "--workspace", own)
    url = ada.says("share", str(file), "--public", "--title", "Fin the fox", "--project", "Website").strip()
    page = httpx.get(url)
    assert page.status_code == 200 and "Fin the fox" in page.text
    assert "is gone" in ada.says("share", url, "--unpublish")
    assert httpx.get(url).status_code == 410


def test_a_server_that_is_not_there_keeps_everything_and_has_its_exit_code(ada: Person, server: ServerThread) -> None:  # noqa: F811
    own = ada.run("workspace", "list")["rows"][0]["id"]
    ada.run("projects", "create", "Website")
    ada.run("share", "Website", "--workspace", own)
    server.stop()
    refused = ada.run("workspace", "list", code=exits.NETWORK)
    assert "can't be reached" in refused["error"]["sentence"]
    ada.run("projects", "rename", "Website", "Shop")
    [row] = ada.run("sync", "Shop", code=exits.NETWORK)["rows"]
    assert row["said"] == "The server couldn't be reached the last time; 1 change waits."
    assert ada.run("status")["projects"] == [row]
    assert ada.run("status")["account"]["signed_in"]


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        ("login --email ada@example.org", exits.BAD_INPUT, "pass it on standard input with --password-stdin"),
        ("login --server ftp://x --email a@example.org --password-stdin", exits.BAD_INPUT, "no address of a server"),
        ("login --api-key", exits.BAD_INPUT, "No API key was given"),
        ("workspace list", exits.SIGNED_OUT, "`mascotforge login`"),
        ("share Nothing --workspace W", exits.NOT_FOUND, "There is no project “Nothing”"),
        ("share nothing --public", exits.NOT_FOUND, "There is no file and no result “nothing”"),
        ("share X", exits.BAD_INPUT, "--workspace --stop --public --unpublish"),
        ("sync Nothing", exits.NOT_FOUND, "There is no project “Nothing”"),
        ("sync --watch --json", exits.BAD_INPUT, "can't be one JSON document"),
        ("workspace invite W a@example.org --role boss", exits.BAD_INPUT, "it can be ADMIN, MEMBER, VIEWER"),
    ],
)
def test_a_refusal_is_one_sentence(person: Any, arguments: str, code: int, sentence: str) -> None:
    said = person("nobody").says(*arguments.split(), typed="x\n" if "stdin" in arguments else "", code=code)
    assert sentence in said and said.count("\n") == 1


def test_watching_says_each_change_until_it_is_interrupted(ada: Person, server: ServerThread) -> None:  # noqa: F811
    own = ada.run("workspace", "list")["rows"][0]["id"]
    ada.run("projects", "create", "Website")
    ada.run("share", "Website", "--workspace", own)
    command = [sys.executable, "-m", "engine.cli.main", "sync", "--watch", "--library", str(ada.folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as watching:
        assert watching.stdout is not None
        said = watching.stdout.readline()
        watching.send_signal(2)
        assert "Website" in said
        assert watching.wait(20) == exits.OK
