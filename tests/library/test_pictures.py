"""Pictures come in with limits and go out without overwriting anything."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from engine.library.embed import embed_recipe, read_recipe
from engine.library.export import safe_name, save_artifact
from engine.library.library import Library
from engine.protocol.artifacts import Artifact, AssetType
from engine.protocol.errors import BadInput, BadPicture, MascotError, NotFound
from engine.protocol.recipes import PictureRecipe
from tests.library.making import add_picture, png

RECIPE = PictureRecipe(prompt="a happy blue fox", seed=7)


def test_a_picture_with_its_recipe_is_the_same_picture_as_before(library: Library, tmp_path: Path) -> None:
    project = library.projects.default()
    made = add_picture(library, project.id)
    saved = save_artifact(library, made, tmp_path)
    assert saved.read_bytes() != png()
    imported = library.gallery.import_picture(project.id, saved)
    assert imported.artifact.blob == made.artifact.blob
    assert imported.recipe == made.recipe
    assert imported.artifact.effective == made.artifact.effective
    assert imported.job_id is None


@pytest.mark.parametrize(("kind", "media_type"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp")])
def test_pictures_of_others_come_in_without_a_recipe(
    library: Library, tmp_path: Path, kind: str, media_type: str
) -> None:
    file = tmp_path / f"dog.{kind.lower()}"
    Image.new("RGB", (20, 10), "red").save(file, kind)
    entry = library.gallery.import_picture(library.projects.default().id, file)
    assert entry.recipe is None
    assert (entry.artifact.media_type, entry.artifact.width, entry.artifact.height) == (media_type, 20, 10)
    assert library.blobs.read(entry.artifact.blob) == file.read_bytes()
    assert library.gallery.list(text="dog") == [entry]


def test_a_photograph_on_its_side_is_set_upright(library: Library, tmp_path: Path) -> None:
    image = Image.new("RGB", (20, 10), "red")
    exif = image.getexif()
    exif[0x0112] = 6
    image.save(tmp_path / "dog.jpg", exif=exif)
    entry = library.gallery.import_picture(library.projects.default().id, tmp_path / "dog.jpg")
    assert (entry.artifact.width, entry.artifact.height, entry.artifact.file_name) == (10, 20, "dog.png")


def bomb(side: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("contents", "says"),
    [
        (b"", "is empty"),
        (b"\x89PNG\r\n\x1a\n" + b"nonsense" * 20, "not a picture|broken"),
        (png(size=(64, 64))[:-60], "broken"),
        (b"%PDF-1.7 and so on", "not a picture"),
        (bomb(9000), "9000 × 9000 pixels"),
        (bomb(100_000), "not a picture|pixels"),
        (bomb(3000), "broken"),
    ],
)
def test_bad_pictures_are_refused_and_leave_nothing(
    library: Library, tmp_path: Path, contents: bytes, says: str
) -> None:
    file = tmp_path / "fox.png"
    file.write_bytes(contents)
    with pytest.raises(BadPicture, match=says) as error:
        library.gallery.import_picture(library.projects.default().id, file)
    assert "fox.png" in error.value.sentence
    assert library.gallery.list() == []
    assert list(library.blobs.all()) == []


def test_missing_pictures_and_folders_are_said(library: Library, tmp_path: Path) -> None:
    for path in (tmp_path / "missing.png", tmp_path):
        with pytest.raises(BadPicture):
            library.gallery.import_picture(library.projects.default().id, path)


def test_a_sound_picture_with_an_unreadable_recipe_still_comes_in(library: Library, tmp_path: Path) -> None:
    file = tmp_path / "fox.png"
    file.write_bytes(embed_recipe(png(), RECIPE, {}).replace(b'"seed":7', b'"seed":8'))
    # Pillow checks the sums of text chunks too: only a recipe with a right sum and wrong words gets as far as ours.
    with pytest.raises(BadPicture):
        library.gallery.import_picture(library.projects.default().id, file)
    text = b"mascotforge\0\0\0\0\0{}"
    record = struct.pack(">I", len(text)) + b"iTXt" + text + struct.pack(">I", zlib.crc32(b"iTXt" + text))
    file.write_bytes(png()[:-12] + record + png()[-12:])
    entry = library.gallery.import_picture(library.projects.default().id, file)
    assert entry.recipe is None
    assert library.blobs.read(entry.artifact.blob) == png()


def test_saving_never_overwrites(library: Library, tmp_path: Path) -> None:
    entry = add_picture(library, library.projects.default().id)
    out = tmp_path / "new" / "out"
    paths = [save_artifact(library, entry, out, name="My: fox?") for _ in range(3)]
    assert [path.name for path in paths] == ["My fox.png", "My fox-2.png", "My fox-3.png"]
    assert sorted(out.iterdir()) == sorted(paths)
    assert read_recipe(paths[0]).recipe == entry.recipe
    plain = save_artifact(library, entry, out, with_recipe=False)
    assert (plain.name, plain.read_bytes()) == ("fox.png", png())


def test_a_resized_copy_keeps_its_recipe_and_its_edges(library: Library, tmp_path: Path) -> None:
    image = Image.new("RGBA", (64, 32), (0, 255, 0, 0))
    image.paste((200, 0, 0, 255), (0, 0, 32, 32))
    file = BytesIO()
    image.save(file, "PNG")
    entry = add_picture(library, library.projects.default().id, data=file.getvalue())
    path = save_artifact(library, entry, tmp_path, size=16)
    with Image.open(path) as small:
        assert small.size == (16, 8)
        assert all(g == 0 for _, g, _, alpha in small.get_flattened_data() if alpha)  # type: ignore[misc]
    assert read_recipe(path).recipe == entry.recipe


def test_only_still_pictures_are_resized(library: Library, tmp_path: Path) -> None:
    project = library.projects.default()
    blob = library.blobs.add_bytes(b"webm")
    video = Artifact(
        type=AssetType.VIDEO,
        role="webm",
        blob=blob,
        media_type="video/webm",
        file_name="fox.webm",
        size_bytes=4,
        frames=9,
    )
    entry = library.gallery.add(project.id, None, video, RECIPE)
    with pytest.raises(BadInput, match=r"fox\.webm"):
        save_artifact(library, entry, tmp_path, size=16)
    assert save_artifact(library, entry, tmp_path).read_bytes() == b"webm"


def test_a_missing_file_or_a_folder_that_is_none_is_said(library: Library, tmp_path: Path) -> None:
    entry = add_picture(library, library.projects.default().id)
    (tmp_path / "file").write_text("")
    with pytest.raises((MascotError, OSError)):
        save_artifact(library, entry, tmp_path / "file")
    library.blobs.path(entry.artifact.blob).unlink()
    with pytest.raises(NotFound):
        save_artifact(library, entry, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_names_that_every_system_takes() -> None:
    assert safe_name("../../etc/passwd") == "etc passwd"
    assert safe_name("  .. ") == "mascot"
    assert safe_name("CON") == "_CON"
    assert safe_name("x" * 300) == "x" * 100
    assert safe_name("狐 fox") == "狐 fox"
