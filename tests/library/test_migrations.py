"""An older library is backed up, then brought up to date in one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

import engine.library.schema as schema
from engine.library.backup import KEPT, back_up, backups
from engine.library.layout import Layout
from engine.library.library import Library
from engine.library.tables import metadata
from engine.protocol.ids import new_id
from engine.protocol.recipes import PictureRecipe


def configuration() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
    return config


def make_old_library(folder: Path, prompts: list[str]) -> None:
    """A library as revision 0001 left it, with a generation per prompt."""
    folder.mkdir()
    engine = create_engine(f"sqlite:///{folder / 'library.db'}")
    config = configuration()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(text("INSERT INTO projects VALUES ('p', 'Old zoo', '', NULL, 1, 1, NULL, '')"))
        for prompt in prompts:
            values = {
                "id": new_id(),
                "recipe": PictureRecipe(prompt=prompt).model_dump_json(),
                "artifact": '{"type":"IMAGE","role":"picture","blob":"%s","media_type":"image/png",'
                '"file_name":"old.png","size_bytes":1}' % ("0" * 64),
            }
            connection.execute(
                text("INSERT INTO generations VALUES (:id, 'p', NULL, 'picture', 'b', :artifact, :recipe, 1)"), values
            )
            connection.execute(text("INSERT INTO shelf VALUES (NULL, :id, 'p', 0, 1, 3, '[\"ol d\"]')"), values)
    engine.dispose()


def test_the_program_knows_exactly_the_revisions_that_lie_in_its_folder() -> None:
    scripts = ScriptDirectory.from_config(configuration())
    assert tuple(script.revision for script in reversed(list(scripts.walk_revisions()))) == schema.REVISIONS
    assert scripts.get_heads() == [schema.HEAD]


def test_migrations_and_tables_say_the_same(folder: Path) -> None:
    Library.open(folder).close()
    engine = create_engine(f"sqlite:///{folder / 'library.db'}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": _is_ours})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def _is_ours(_item: Any, name: str, kind: str, _reflected: bool, _compared: Any) -> bool:
    return not (kind == "table" and name.startswith("search"))


def test_an_old_library_keeps_its_data_gets_new_features_and_leaves_a_backup(folder: Path) -> None:
    make_old_library(folder, ["a grumpy red bear", "a small teal robot"])
    with Library.open(folder) as library:
        found = library.gallery.list(text="grumpy")
        assert [entry.prompt for entry in found] == ["a grumpy red bear"]
        assert found[0].favourite
        assert found[0].rating == 3
        assert set(library.prompts.recent()) == {"a grumpy red bear", "a small teal robot"}
        assert len(library.gallery.list(text="ol d old")) == 2
    [backup] = backups(Layout(folder))
    assert schema.version_of(backup) == "0001"
    with closing(sqlite3.connect(backup)) as old:
        assert old.execute("SELECT count(*) FROM generations").fetchone() == (2,)


def test_a_migration_that_fails_changes_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_old_library(folder, ["a fox"])
    with closing(sqlite3.connect(folder / "library.db")) as database, database:
        database.execute("CREATE TABLE prompts (in_the_way TEXT)")
    from sqlalchemy.exc import OperationalError

    with pytest.raises(OperationalError):
        Library.open(folder)
    assert schema.version_of(folder / "library.db") == "0001"
    with closing(sqlite3.connect(folder / "library.db")) as database, database:
        database.execute("DROP TABLE prompts")
    with Library.open(folder) as library:
        assert library.prompts.recent() == ["a fox"]


def test_only_the_newest_backups_are_kept(folder: Path) -> None:
    Library.open(folder).close()
    layout = Layout(folder)
    for number in range(KEPT + 3):
        back_up(layout, f"step-{number}")
    assert [path.name.split("-")[2] for path in backups(layout)] == [str(n) for n in range(3, KEPT + 3)]


@contextmanager
def working_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    with monkeypatch.context() as patch:
        patch.chdir(folder)
        yield


def test_a_library_is_made_from_any_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "100% odd folder").mkdir()
    with working_in(tmp_path / "100% odd folder", monkeypatch), Library.open(Path("li brary")) as library:
        assert library.projects.default().name == "My mascots"
        assert library.folder == tmp_path / "100% odd folder" / "li brary"
