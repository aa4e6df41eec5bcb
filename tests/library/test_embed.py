"""A recipe travels inside its PNG and comes back; a picture is the same picture with and without it."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from engine.library.embed import KEYWORD, SIGNATURE, embed_recipe, read_recipe, without_recipe
from engine.protocol.errors import BadPicture
from engine.protocol.mascot import Mascot, Species
from engine.protocol.recipes import AnimationRecipe, DrawingRecipe, PictureFile, PictureRecipe
from tests.library.making import png

RECIPE = PictureRecipe(prompt="a happy blue fox\nwith a “crème” scarf 狐", negative="blurry", seed=7)

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=5), children, max_size=3),
    max_leaves=6,
)
prompts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=300).filter(str.strip)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def with_chunk(record: bytes) -> bytes:
    return png()[:-12] + record + png()[-12:]


@settings(max_examples=40, deadline=None)
@given(
    prompt=prompts,
    seed=st.integers(0, 2**32 - 1),
    species=st.sampled_from(Species),
    effective=st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=8), json_values, max_size=4),
    colour=st.tuples(*[st.integers(0, 255)] * 4),
)
def test_what_goes_in_comes_out(
    prompt: str, seed: int, species: Species, effective: dict[str, object], colour: tuple[int, int, int, int]
) -> None:
    picture = PictureRecipe(prompt=prompt, seed=seed)
    data = png(colour)
    for recipe in (picture, DrawingRecipe(mascot=Mascot(species=species)), AnimationRecipe(source=picture)):
        try:
            embedded = embed_recipe(data, recipe, effective)  # type: ignore[arg-type]
        except UnicodeEncodeError:
            # Lone surrogates are no text; nothing of ours makes them.
            return
        found = read_recipe(embedded)
        assert (found.recipe, found.effective) == (recipe, effective)
        assert without_recipe(embedded) == data
        assert embed_recipe(embedded, recipe, effective) == embedded  # type: ignore[arg-type]
        with Image.open(BytesIO(embedded)) as image:
            image.load()
            assert image.getpixel((0, 0)) == colour


def test_other_tools_can_read_the_prompt(tmp_path: Path) -> None:
    file = tmp_path / "fox.png"
    file.write_bytes(embed_recipe(png(), RECIPE, {}))
    with Image.open(file) as image:
        image.load()
        assert image.info["Description"] == RECIPE.prompt
        assert image.info["parameters"].startswith(
            f"{RECIPE.prompt}\nNegative prompt: blurry\nSteps: 24, CFG scale: 4, Seed: 7"
        )
        assert image.info["Software"] == "MascotForge"
    assert read_recipe(file).recipe == RECIPE


def test_a_picture_that_others_wrote_texts_into_keeps_them() -> None:
    data = with_chunk(chunk(b"iTXt", b"Description\0\0\0\0\0mine"))
    assert without_recipe(data) == data
    recipe = AnimationRecipe(source=PictureFile(blob="0" * 64))
    assert read_recipe(embed_recipe(data, recipe, {})).recipe == recipe


@pytest.mark.parametrize(
    ("contents", "says"),
    [
        (b"", "is empty"),
        (b"GIF89a" + b"\0" * 50, "is not a PNG"),
        (b"\x89PNG\r\n\x1a\n" + b"nonsense" * 20, "broken PNG"),
        (SIGNATURE, "broken PNG"),
        (png()[:40], "broken PNG"),
        (png()[:-5], "broken PNG"),
        (png(), "has no MascotForge recipe inside"),
        (with_chunk(chunk(b"iTXt", KEYWORD.encode() + b"\0\0\0\0\0not json")), "can't be read"),
        (with_chunk(chunk(b"iTXt", KEYWORD.encode() + b"\0\0\0\0\0[1]")), "can't be read"),
        (with_chunk(chunk(b"iTXt", KEYWORD.encode())), "can't be read"),
        (with_chunk(chunk(b"iTXt", KEYWORD.encode() + b"\0\1\0\0\0" + zlib.compress(b" " * 10**8))), "can't be read"),
        (with_chunk(chunk(b"iTXt", KEYWORD.encode() + b"\0\0\0\0\0" + b"[" * 100_000)), "can't be read"),
        (with_chunk(chunk(b"iTXt", KEYWORD.encode() + b"\0\0\0\0\0" + b" " * (2 << 20))), "too large"),
        (
            with_chunk(chunk(b"iTXt", KEYWORD.encode() + b'\0\0\0\0\0{"recipe": {"kind": "hologram"}}')),
            "a newer version may have made it",
        ),
        (embed_recipe(png(), RECIPE, {}).replace(b'"seed":7', b'"seed":8'), "does not match its checksum"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(tmp_path: Path, contents: bytes, says: str) -> None:
    file = tmp_path / "fox.png"
    file.write_bytes(contents)
    with pytest.raises(BadPicture) as error:
        read_recipe(file)
    assert says in error.value.sentence
    assert str(file) in error.value.sentence
    assert "\n" not in error.value.sentence


def test_missing_files_and_folders(tmp_path: Path) -> None:
    with pytest.raises(BadPicture, match="does not exist"):
        read_recipe(tmp_path / "missing.png")
    with pytest.raises(BadPicture, match="is a folder"):
        read_recipe(tmp_path)
    with pytest.raises(BadPicture, match="not a PNG"):
        embed_recipe(b"GIF89a", RECIPE, {})


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_a_damaged_file_is_refused_or_still_right(data: st.DataObject) -> None:
    broken = bytearray(embed_recipe(png(), RECIPE, {}))
    for _ in range(data.draw(st.integers(1, 4))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    cut = broken[: data.draw(st.integers(0, len(broken)))]
    for damaged in (bytes(broken), bytes(cut)):
        try:
            assert read_recipe(damaged).recipe == RECIPE
        except BadPicture as error:
            assert error.sentence
