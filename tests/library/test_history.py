"""History: every result is found by what it was made with, keeps its name and notes, and can be made again."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from engine.library.again import decided_otherwise, more_like, recipe_again
from engine.library.embed import read_recipe
from engine.library.entries import Entry
from engine.library.entry_filter import EntryFilter
from engine.library.export import save_artifact
from engine.library.library import Library
from engine.library.search_words import read_date, read_search
from engine.library.strip import without_metadata
from engine.protocol.artifacts import Artifact, AssetType
from engine.protocol.errors import BadInput, BadPicture
from engine.protocol.mascot import Mascot
from engine.protocol.picture_options import LoraUse
from engine.protocol.recipes import AnyRecipe, DrawingRecipe, ModelRef, PictureRecipe
from tests.library.making import add_picture, png


def add(library: Library, recipe: AnyRecipe | None, *, data: bytes | None = None, role: str = "picture") -> Entry:
    data = data or png()
    artifact = Artifact(
        type=AssetType.IMAGE, role=role, blob=library.blobs.add_bytes(data), media_type="image/png",
        file_name="fox.png", size_bytes=len(data), effective={"model_hash": "a" * 64, "device": "cpu"},
    )  # fmt: skip
    return library.gallery.add(library.projects.default().id, None, artifact, recipe)


def found(library: Library, typed: str) -> list[str]:
    return [entry.id for entry in library.gallery.find(read_search(typed, EntryFilter()))]


def test_results_are_found_by_what_they_were_made_with(library: Library) -> None:
    flat = LoraUse(name="flat colours")
    plain = add(library, PictureRecipe(prompt="a fox", seed=7))
    styled = add(library, PictureRecipe(prompt="a fox", seed=8, style="ink", loras=(flat,), model=ModelRef(name="big")))
    drawn = add(library, DrawingRecipe(mascot=Mascot()))
    assert found(library, "model:starter") == [plain.id]
    assert found(library, 'fox lora:"flat colours"') == [styled.id]
    assert found(library, "style:ink model:big") == [styled.id]
    assert found(library, "style:ink model:starter") == []
    assert found(library, "seed:7") == [plain.id]
    assert found(library, "orange fox") == [drawn.id]
    assert library.gallery.in_use("model") == [("big", 1), ("starter", 1)]


def test_ratings_dates_and_tags_narrow_the_list(library: Library) -> None:
    old, new = add(library, PictureRecipe(prompt="a fox")), add(library, PictureRecipe(prompt="a fox"))
    library.labels.set_rating([old.id], 4)
    library.labels.change_tags([old.id, new.id], add=["site"])
    library.labels.change_tags([new.id], add=["final"], remove=["SITE"])
    assert found(library, "rating:3") == [old.id]
    assert found(library, "tag:site") == [old.id]
    assert found(library, "tag:final fox") == [new.id]
    assert found(library, "since:today until:today") == [new.id, old.id]
    long_ago = EntryFilter(until=datetime.now(UTC) - timedelta(days=2))
    assert library.gallery.find(long_ago) == []
    assert library.gallery.get(new.id).tags == ("final",)


def test_what_is_no_value_is_searched_for_as_words() -> None:
    odd = read_search("rating:lots since:never seed:x model: colour:blue a:b", EntryFilter())
    assert odd == EntryFilter(text="rating:lots since:never seed:x model: a:b", colour="blue")
    assert read_date("2026-02-30") is None
    assert read_date("2026-01") == datetime(2026, 1, 1).astimezone()


def test_pages_follow_each_other_in_a_narrowed_list(library: Library) -> None:
    entries = [add(library, PictureRecipe(prompt=f"fox {n}", style="ink" if n % 2 else "")) for n in range(12)]
    for wanted in (
        EntryFilter(),
        EntryFilter(text="fox"),
        EntryFilter(style="ink"),
        EntryFilter(text="fox", style="ink"),
    ):
        seen: list[str] = []
        while page := library.gallery.find(wanted, limit=4, before=seen[-1] if seen else None):
            seen += [entry.id for entry in page]
        expected = [entry.id for entry in reversed(entries) if not wanted.style or entry.recipe.style]  # type: ignore
        assert seen == expected, wanted


def test_a_name_and_a_note_can_be_given_searched_and_taken_back(library: Library, tmp_path: Path) -> None:
    entry = add_picture(library, library.projects.default().id)
    library.labels.set_name([entry.id], "  Captain   Blue ")
    library.labels.set_note([entry.id], "for the landing page")
    named = library.gallery.get(entry.id)
    assert (named.name, named.note) == ("Captain Blue", "for the landing page")
    assert found(library, "captain") == found(library, "landing") == [entry.id]
    assert save_artifact(library, named, tmp_path).name == "Captain Blue.png"
    library.labels.set_name([entry.id], "")
    assert library.gallery.get(entry.id).name == "" and found(library, "captain") == []
    with pytest.raises(BadInput):
        library.labels.set_name([entry.id], "x" * 200)


def test_again_pins_the_checkpoint_by_its_content(library: Library) -> None:
    entry = add(library, PictureRecipe(prompt="a fox", seed=3))
    again = recipe_again(entry)
    assert again == PictureRecipe(prompt="a fox", seed=3, model=ModelRef(hash="a" * 64))
    with pytest.raises(BadInput, match="without a recipe"):
        recipe_again(add(library, None))


def test_more_like_this_changes_the_seed_or_only_varies_it() -> None:
    recipe = PictureRecipe(prompt="a fox", seed=3, steps=9)
    others = more_like(recipe, 3)
    assert len({other.seed for other in others} | {3}) == 4  # type: ignore[union-attr]
    assert all(other.model_copy(update={"seed": 3}) == recipe for other in others)
    varied = more_like(recipe, 2, vary=0.2)
    assert all(v.seed == 3 and v.variation.strength == 0.2 for v in varied)  # type: ignore[union-attr]
    with pytest.raises(BadInput):
        more_like(DrawingRecipe(mascot=Mascot()), 2)


def test_what_the_machine_decided_otherwise_is_named() -> None:
    assert decided_otherwise({"dtype": "fp32", "seconds": 1}, {"dtype": "bf16", "seconds": 2}) == {
        "dtype": ("fp32", "bf16")
    }


def test_an_export_without_metadata_holds_pixels_alone(library: Library, tmp_path: Path) -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("parameters", "secret prompt")
    file = BytesIO()
    Image.new("RGBA", (9, 9), (1, 2, 3, 90)).save(file, "PNG", pnginfo=text)
    source = tmp_path / "other.png"
    source.write_bytes(file.getvalue())
    entry = library.gallery.import_picture(library.projects.default().id, source)
    plain = save_artifact(library, entry, tmp_path / "out", with_recipe=False)
    assert b"secret" not in plain.read_bytes()
    assert Image.open(plain).tobytes() == Image.open(source).tobytes()
    made = add(library, PictureRecipe(prompt="a secret fox"))
    kept = save_artifact(library, made, tmp_path / "out")
    assert read_recipe(kept).recipe == made.recipe
    bare = save_artifact(library, made, tmp_path / "out", with_recipe=False)
    assert b"secret" not in bare.read_bytes()
    with pytest.raises(BadPicture):
        read_recipe(bare)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "PNG"])
def test_camera_and_place_are_removed_without_touching_the_pixels(kind: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = "my garden"
    file = BytesIO()
    Image.effect_noise((60, 40), 90).convert("RGB").save(file, kind, exif=exif)
    plain = without_metadata(file.getvalue())
    assert b"garden" in file.getvalue() and b"garden" not in plain
    before, after = Image.open(BytesIO(file.getvalue())), Image.open(BytesIO(plain))
    assert after.tobytes() == before.tobytes() and not after.getexif()


def test_bytes_of_no_known_kind_or_cut_off_are_no_trouble() -> None:
    assert without_metadata(b"hello") == b"hello"
    for data in (png()[:40], b"\xff\xd8\xff", b"RIFF\x00\x00\x00\x00WEBPVP8X"):
        assert isinstance(without_metadata(data), bytes)


def test_an_old_library_gets_its_history(folder: Path) -> None:
    """As revision 0002 left it: what later columns say is read from the recipes."""
    with Library.open(folder) as library:
        fox = add(library, PictureRecipe(prompt="a red fox", seed=5, model=ModelRef(name="big")))
        bear = add(library, DrawingRecipe(mascot=Mascot()))
        library.labels.set_tags([fox.id], ["keep"])
    rows = {fox.id: fox, bear.id: bear}
    with closing(sqlite3.connect(folder / "library.db")) as database, database:
        _back_to_0002(database)
    with Library.open(folder) as library:
        assert {entry.id: entry for entry in library.gallery.list()} == {
            fox.id: replace(fox, tags=("keep",)), bear.id: bear
        }  # fmt: skip
        for typed in ("model:big", "seed:5", "tag:keep", "red fox", "keep"):
            assert found(library, typed) == [fox.id], typed
        assert found(library, "orange") == [bear.id]
        assert [entry.id for entry in library.gallery.list(roles=["picture"])] == [bear.id, fox.id]
    assert len(rows) == 2
    assert len(list((folder / "backups").glob("library-0002-*.db"))) == 1


def _back_to_0002(database: sqlite3.Connection) -> None:
    kept = database.execute(
        "SELECT number, generation_id, project_id, trashed, favourite, rating, tags FROM shelf"
    ).fetchall()
    for name in ("shared_projects", "facts", "comments", "remote_blobs", "facets", "looks", "search", "shelf"):
        database.execute(f"DROP TABLE {name}")
    database.execute(
        "CREATE TABLE shelf (number INTEGER NOT NULL PRIMARY KEY, generation_id TEXT NOT NULL UNIQUE, project_id TEXT "
        "NOT NULL, trashed BOOLEAN NOT NULL, favourite BOOLEAN NOT NULL, rating INTEGER NOT NULL, tags TEXT NOT NULL, "
        "FOREIGN KEY (generation_id) REFERENCES generations (id) ON DELETE CASCADE)"
    )
    database.execute("CREATE INDEX shelf_by_project ON shelf (project_id, trashed, generation_id)")
    database.execute("CREATE INDEX shelf_by_time ON shelf (trashed, generation_id)")
    database.executemany("INSERT INTO shelf VALUES (?, ?, ?, ?, ?, ?, ?)", kept)
    database.execute("CREATE VIRTUAL TABLE search USING fts5 (prompt, name, tags)")
    database.execute("UPDATE alembic_version SET version_num = '0002'")
    assert json.loads(kept[0][6]) == ["keep"]
