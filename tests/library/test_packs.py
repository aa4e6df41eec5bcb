"""A logo's pack becomes a folder with all of its files, or none."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from engine.library.entries import Entry
from engine.library.library import Library
from engine.library.packs import unpack
from engine.protocol.artifacts import Artifact, AssetType
from engine.protocol.errors import BadInput, LibraryCorrupt


def packed(library: Library, *members: str) -> Entry:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for member in members:
            archive.writestr(member, member.encode())
    blob = library.blobs.add_bytes(file.getvalue())
    artifact = Artifact(
        type=AssetType.OTHER, role="logo-pack", blob=blob, media_type="application/zip", file_name="fox-logo.zip",
        size_bytes=len(file.getvalue()),
    )  # fmt: skip
    return library.gallery.add(library.projects.default().id, None, artifact, None)


def test_each_pack_gets_a_folder_of_its_own(library: Library, tmp_path: Path) -> None:
    pack, out = packed(library, "fox.svg", "png/fox-16.png"), tmp_path / "out"

    folder, files = unpack(library, pack, out)
    second, _ = unpack(library, pack, out)

    assert (folder.name, second.name) == ("fox-logo", "fox-logo-2")
    assert [file.relative_to(folder).as_posix() for file in files] == ["fox.svg", "png/fox-16.png"]
    assert files[1].read_bytes() == b"png/fox-16.png"
    assert sorted(each.name for each in out.iterdir()) == ["fox-logo", "fox-logo-2"]


def test_a_pack_that_breaks_off_leaves_nothing(library: Library, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(LibraryCorrupt, match="damaged; make the logo again"):
        unpack(library, packed(library, "fox.svg", "../evil.svg"), out)
    assert list(out.iterdir()) == []
    assert not (tmp_path / "evil.svg").exists()


def test_a_file_where_the_folder_must_be_is_one_sentence(library: Library, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.write_text("mine")
    with pytest.raises(BadInput, match="can't be a folder, as a file lies in its way"):
        unpack(library, packed(library, "fox.svg"), out)
    assert out.read_text() == "mine"
