"""The program's commands: administrators, backups, going back, new keys."""

from __future__ import annotations

import getpass
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch
from zipfile import ZipFile

import pytest
from sqlalchemy import Column, MetaData, String, Table, select

from sync_server.accounts.models import User
from sync_server.config import ServerConfig
from sync_server.database.database import Database
from sync_server.main import main
from sync_server.projects.models import Project
from sync_server.secrets.keys import ServerKeys
from sync_server.secrets.rotation import rewrap
from sync_server.secrets.vault import Sealed, Vault
from sync_server.storage.names import blob_key
from tests.sync_server.postgres import Postgres
from tests.sync_server.running import PASSWORD, Mailbox, ServerProcess, ServerThread, SignedIn, environment, sign_in

ADMIN = "admin@example.org"
CREATE = ("admin", "create", ADMIN, "--password-stdin")


def run(config: ServerConfig, *arguments: str, entered: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command with a configuration, in this process."""
    said, complained = io.StringIO(), io.StringIO()
    with (
        patch.dict(os.environ, environment(config)),
        patch("sys.stdin", io.StringIO(entered)),
        redirect_stdout(said),
        redirect_stderr(complained),
    ):
        code = main(list(arguments))
    return subprocess.CompletedProcess(arguments, code, said.getvalue(), complained.getvalue())


def run_program(config: ServerConfig, *arguments: str, entered: str = "") -> subprocess.CompletedProcess[str]:
    """The same by the program itself."""
    command = [sys.executable, "-m", "sync_server.main", *arguments]
    return subprocess.run(
        command, env=environment(config), input=entered, capture_output=True, text=True, timeout=120, check=False
    )


def make_admin(config: ServerConfig, email: str = ADMIN) -> subprocess.CompletedProcess[str]:
    return run(config, "admin", "create", email, "--password-stdin", entered=PASSWORD + "\n")


def test_an_administrator_is_made_before_the_first_start_and_can_sign_in(
    server_config: Callable[..., ServerConfig], make_server: Callable[..., ServerThread]
) -> None:
    config = server_config()
    assert "no administrator yet" in run_program(config, "admin", "list").stdout
    assert run_program(config, *CREATE, entered=PASSWORD + "\n").returncode == 0
    assert ADMIN in run_program(config, "admin", "list").stdout
    admin = sign_in(make_server(), ADMIN)
    assert admin.get("/auth/me").json()["is_admin"] is True


def test_a_person_becomes_an_administrator_while_the_server_runs(
    server_process: ServerProcess, sign_up: Callable[..., SignedIn]
) -> None:
    ada = sign_up("ada@example.org", server=server_process)
    assert "is an administrator now" in make_admin(server_process.config, "ada@example.org").stdout
    assert ada.get("/auth/me").json()["is_admin"] is True


@pytest.mark.parametrize(("email", "password"), [("no address", PASSWORD), (ADMIN, "short")])
def test_bad_input_is_said_in_one_sentence(
    email: str, password: str, server_config: Callable[..., ServerConfig]
) -> None:
    done = run(server_config(), "admin", "create", email, "--password-stdin", entered=password + "\n")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1 and "Traceback" not in done.stderr


WRONG: dict[str, tuple[list[str], int, str]] = {
    "no such command": (["fly"], 2, "invalid choice: 'fly'"),
    "half a command": (["admin"], 2, "create|list"),
    "no number": (["--port", "abc"], 2, "--port"),
    "no port": (["--port", "70000"], 2, "port: "),
    "a database of another kind": (["--database", "mysql://h/d"], 2, "postgresql+psycopg://"),
    "a database that is away": (
        ["migrate", "--database", "postgresql://u:secret@127.0.0.1:1"],
        1,
        "see that it runs",
    ),
    "an address of another machine": (["--host", "192.0.2.1"], 1, "choose another --host"),
    "a file instead of a folder": (["--data", __file__], 1, "name another one with --data"),
    "a file instead of a folder, for a command": (["admin", "list", "--data", __file__], 1, "another one with --data"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_done_is_one_sentence(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    arguments, code, sentence = WRONG[case]
    try:
        ended = main(arguments)
    except SystemExit as ending:  # of the parser
        ended = ending.code
    said = capfd.readouterr().err
    assert (ended, said.count("\n")) == (code, 1), said
    assert sentence in said and "secret" not in said


def test_keys_and_databases_that_are_broken_are_named(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "server.db").write_text("no database")
    assert main(["--data", str(tmp_path), "admin", "list"]) == 1
    assert "not a database" in capfd.readouterr().err
    (tmp_path / "keys.json").write_text("no keys")
    assert main(["--data", str(tmp_path), "admin", "list"]) == 1
    assert str(tmp_path / "keys.json") in capfd.readouterr().err


def test_help_names_every_command_and_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    said = capsys.readouterr().out
    for word in (
        "admin",
        "migrate",
        "backup",
        "restore",
        "keys",
        "--host",
        "--port",
        "--data",
        "--database",
        "--blobs",
    ):
        assert word in said
    assert "docs/server.md" in said


def test_a_configuration_that_cannot_be_used_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MASCOTFORGE_SERVER_ACCESS_TOKEN_S", "soon")
    assert main(["admin", "list"]) == 2
    assert "access_token_s" in capsys.readouterr().err


def test_the_first_start_says_where_it_listens_and_how_to_make_an_administrator(
    server_config: Callable[..., ServerConfig],
) -> None:
    config = server_config()
    process = subprocess.Popen(
        [sys.executable, "-m", "sync_server.main"], env=environment(config), stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    said = [process.stdout.readline() for _ in range(2)]
    process.terminate()
    assert process.wait(20) in (0, -signal.SIGTERM)
    process.stdout.close()
    assert "http://127.0.0.1:" in said[0]
    assert f"mascotforge-server --data {config.data} admin create" in said[1]


def test_a_taken_port_is_said(server: ServerThread, tmp_path: Path) -> None:
    config = ServerConfig(data=tmp_path / "other", port=server.config.port)
    done = run(config)
    assert (done.returncode, "choose another --port" in done.stderr) == (1, True)


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return ""
    postgres: Postgres = request.getfixturevalue("postgres")
    return postgres.new_database()


def share_project(person: SignedIn, project_id: str) -> dict[str, str]:
    body = {"id": project_id, "workspace_id": person.workspace_id, "name": "Fox"}
    answer = person.post("/projects", json=body)
    assert answer.is_success, answer.text
    return person.get(f"/projects/{project_id}").json()


def test_a_backup_made_while_the_server_runs_brings_everything_back(
    database: str,
    make_server_process: Callable[..., ServerProcess],
    sign_up: Callable[..., SignedIn],
    mailbox: Mailbox,
    tmp_path: Path,
) -> None:
    server = make_server_process(database=database)
    ada = sign_up("ada@example.org", server=server)
    before = share_project(ada, "01890000-0000-7000-8000-000000000001")
    stored = server.config.data / "blobs" / blob_key(ada.workspace_id, "ab" * 32)
    stored.parent.mkdir(parents=True)
    stored.write_bytes(b"picture")
    backup = tmp_path / "backup.zip"
    done = run_program(server.config, "backup", str(backup))
    assert (done.returncode, "1 file." in done.stdout) == (0, True), done.stderr
    assert backup.stat().st_mode & 0o077 == 0
    sign_up("late@example.org", server=server)

    running = run_program(server.config, "restore", str(backup))
    assert (running.returncode, "a server runs" in running.stderr) == (1, True)
    server.process.terminate()
    server.process.wait(20)
    stored.unlink()
    done = run_program(server.config, "restore", str(backup))
    assert done.returncode == 0, done.stderr
    assert "1 file missing" in done.stdout and stored.name in done.stdout

    again = make_server_process(database=database)
    client = again.client()
    after = client.get(f"/api/v1/projects/{before['id']}", headers={"Authorization": f"Bearer {ada.token}"}).json()
    assert after["name"] == "Fox"
    assert after["epoch"] != before["epoch"]
    login = {"email": "late@example.org", "password": PASSWORD}
    assert client.post("/api/v1/auth/login", json=login).status_code == 401
    kept = list(again.config.data.glob("before-restore-*.zip"))
    assert len(kept) == 1 and kept[0].stat().st_mode & 0o077 == 0


def test_a_file_that_is_no_backup_changes_nothing(server_config: Callable[..., ServerConfig], tmp_path: Path) -> None:
    config = server_config()
    make_admin(config)
    wrong = tmp_path / "wrong.zip"
    for content in (b"", b"PK\x05\x06" + bytes(18), b"not a zip"):
        wrong.write_bytes(content)
        done = run(config, "restore", str(wrong))
        assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
    assert ADMIN in run(config, "admin", "list").stdout


def test_a_damaged_database_in_a_backup_is_refused(server_config: Callable[..., ServerConfig], tmp_path: Path) -> None:
    config = server_config()
    make_admin(config)
    good, bad = tmp_path / "good.zip", tmp_path / "bad.zip"
    assert run(config, "backup", str(good)).returncode == 0
    with ZipFile(good) as source, ZipFile(bad, "w") as target:
        for name in source.namelist():
            data = bytearray(source.read(name))
            if name == "database.sqlite":
                data[4096:12288] = b"\x07" * 8192
            target.writestr(name, bytes(data))
    done = run(config, "restore", str(bad))
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert ADMIN in run(config, "admin", "list").stdout


def test_a_backup_needs_a_server(server_config: Callable[..., ServerConfig], tmp_path: Path) -> None:
    done = run(server_config(), "backup", str(tmp_path / "b.zip"))
    assert (done.returncode, "--data" in done.stderr) == (1, True)
    assert not (tmp_path / "b.zip").exists()


def test_new_keys_keep_sign_ins_and_secrets(
    make_server: Callable[..., ServerThread], sign_up: Callable[..., SignedIn]
) -> None:
    first = make_server()
    ada = sign_up("ada@example.org", server=first)
    done = run(first.config, "keys", "rotate")
    assert done.returncode == 0, done.stderr
    assert len(ServerKeys.load(first.config.keys_path).signing) == 2
    assert make_server().client(ada.token).get("/api/v1/auth/me").status_code == 200


def test_a_rotation_wraps_every_sealed_column_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sync_server.secrets import rotation

    tables = MetaData()
    table = Table("things", tables, Column("id", String, primary_key=True), Column("seed", Sealed), Column("x", String))
    monkeypatch.setattr(rotation, "all_tables", lambda: tables)
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    tables.create_all(database.engine)
    keys = ServerKeys()
    with database.write() as session:
        for name in ("a", "b"):
            session.execute(table.insert().values(id=name, seed=Vault(keys).seal(name.encode(), name)))
        session.execute(table.insert().values(id="none"))
    new = Vault(keys.rotated())
    assert (rewrap(database, new), rewrap(database, new)) == (2, 0)
    with database.read() as session:
        sealed = dict(session.execute(select(table.c.id, table.c.seed)).tuples().all())
    assert sealed["none"] is None
    assert all(new.is_current(sealed[name] or "") for name in ("a", "b"))
    assert new.open(sealed["a"] or "", "a") == b"a"
    database.close()


def test_the_tables_are_looked_at_not_only_made(server: ServerThread, sign_up: Callable[..., SignedIn]) -> None:
    """`migrate` on a database in use changes nothing of what it holds."""
    sign_up("ada@example.org")
    assert "up to date" in run(server.config, "migrate").stdout
    with server.state.database.read() as session:
        assert session.scalars(select(User.email)).all() == ["ada@example.org"]
        assert session.scalars(select(Project)).all() == []


@pytest.fixture
def backup(server_config: Callable[..., ServerConfig], tmp_path: Path) -> Path:
    """Of a server with one administrator, in a folder `first`."""
    config = server_config(data=tmp_path / "first")
    assert make_admin(config).returncode == 0
    target = tmp_path / "backup.zip"
    assert main(["--data", str(config.data), "backup", str(target)]) == 0
    return target


def test_a_backup_comes_back_on_another_machine(
    backup: Path, tmp_path: Path, make_server: Callable[..., ServerThread], capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other"
    assert main(["--data", str(other), "restore", str(backup)]) == 0
    said = capsys.readouterr().out
    assert "Restored" in said and "What was there before" not in said
    assert ServerKeys.load(other / "keys.json") == ServerKeys.load(tmp_path / "first" / "keys.json")
    assert sign_in(make_server(data=other), ADMIN).get("/auth/me").json()["is_admin"]


def changed(backup: Path, **manifest: object) -> Path:
    """The same backup that says something else of itself."""
    target = backup.with_name("changed.zip")
    with ZipFile(backup) as source, ZipFile(target, "w") as made:
        for name in source.namelist():
            data = source.read(name)
            if name == "manifest.json":
                data = json.dumps({**json.loads(data), **manifest}).encode()
            made.writestr(name, data)
    return target


@pytest.mark.parametrize(
    ("manifest", "sentence"),
    [({"format": 99}, "newer server"), ({"database": "database.pgdump"}, "another kind of database")],
)
def test_a_backup_that_does_not_fit_is_refused(
    manifest: dict[str, object], sentence: str, backup: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other"
    assert main(["--data", str(other), "restore", str(changed(backup, **manifest))]) == 1
    assert sentence in capsys.readouterr().err
    assert not (other / "server.db").exists()


def test_a_backup_that_cannot_be_written_is_said(
    backup: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--data", str(tmp_path / "first"), "backup", "/proc/backup.zip"]) == 1
    assert "choose another place" in capsys.readouterr().err


@pytest.mark.parametrize(("again", "code"), [(PASSWORD, 0), ("mistyped", 1)])
def test_a_password_is_asked_for_twice(
    again: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    entered = iter((PASSWORD, again))
    monkeypatch.setattr(getpass, "getpass", lambda _: next(entered))
    assert main(["--data", str(tmp_path), "admin", "create", ADMIN]) == code
    assert ("differ" in capsys.readouterr().err) == bool(code)
    main(["--data", str(tmp_path), "admin", "list"])
    assert (ADMIN in capsys.readouterr().out) == (not code)
