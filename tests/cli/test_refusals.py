"""What the command line says when it can't: one sentence in the user's words, with a fitting exit code."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import NoReturn
from zlib import crc32

import pytest
from PIL import Image

from engine.cli import exits
from engine.cli.commands import doctor
from engine.cli.context import Context
from engine.cli.main import main
from engine.library.library import Library
from tests.app.samples import mascots, png_of


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    file = tmp_path / "fox.png"
    file.write_bytes(png_of(mascots(1)[0], 64))
    return file


def odd_pictures(folder: Path) -> dict[str, Path]:
    """Masks and pictures that are unlike what is asked for, by name."""
    files = {name: folder / f"{name}.png" for name in ("small", "black", "empty", "clear", "bomb")}
    Image.new("L", (8, 8), 255).save(files["small"])
    Image.new("L", (64, 64), 0).save(files["black"])
    Image.new("RGBA", (64, 64), (0, 0, 0, 0)).save(files["clear"])
    files["empty"].touch()
    head = b"IHDR" + struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    chunks = struct.pack(">I", 13) + head + struct.pack(">I", crc32(head)) + struct.pack(">I", 0) + b"IDAT"
    files["bomb"].write_bytes(b"\x89PNG\r\n\x1a\n" + chunks + struct.pack(">I", crc32(b"IDAT")))
    return files


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        ("upscale {fox} --scale 3", exits.BAD_INPUT, "Scale must be 2 or 4; “3” is not."),
        ("logo {fox} --badge-colour redish", exits.BAD_INPUT,
         "Badge colour must be written as #rrggbb, for example #3060c0; “redish” is not."),
        ("upscale {fox} --model none", exits.NOT_FOUND, "The upscaler “none” is not installed; none is installed; add "
         "one with `mascotforge models install FILE`."),
        ("lora list --model none", exits.NOT_FOUND, "The checkpoint “none” is not installed; installed: starter."),
        ("lora info none", exits.NOT_FOUND, "The LoRA “none” is not installed; installed: "),
        ("models offline maybe", exits.BAD_INPUT, "Argument switch: “maybe” is unknown, it can be on, off; "),
        ("models install https://", exits.BAD_INPUT, "“https://” is no address to download from; "),
        ("models downloads resume none", exits.NOT_FOUND, "There is no download none; "),
        ("control depth {fox} --out {fox}/maps", exits.BAD_INPUT, "{fox} is a file; give a folder with --out."),
        ("builder --species fox --size 64 --out {fox}/drawings", exits.BAD_INPUT, "{fox} is a file; give a folder"),
        ("generate fox --init {fox} --mask {small}", exits.BAD_INPUT,
         "The mask is 8 × 8 pixels and the picture 64 × 64 pixels; they must have the same size, so draw the mask on "
         "this picture."),
        ("generate fox --init {fox} --mask {black}", exits.BAD_INPUT, "The mask marks nothing; paint over what"),
        ("generate fox --mask {small}", exits.BAD_INPUT, "--mask needs a picture to start from; give it with --init"),
        ("generate fox\udcff", exits.BAD_INPUT, "“fox?” has bytes that are no text; write it in UTF-8"),
        ("projects create \udcff", exits.BAD_INPUT, "“?” has bytes that are no text; "),
        ("builder --size 64 --out /proc/nothing", exits.LIBRARY, "/proc can't be written to; choose another folder"),
        ("generate fox --init {clear}", exits.BAD_INPUT, "The picture {clear} shows nothing, so there is nothing to"),
        ("generate fox --control wings={fox}", exits.BAD_INPUT, "There is no control “wings”; it can be pose, line-"),
        ("models install {fox}.safetensors", exits.BAD_INPUT, "There is no file {fox}.safetensors; check the path."),
        ("models install models/fox.safetensors", exits.BAD_INPUT, "There is no file models/fox.safetensors; check"),
        ("lora install ~/looks/ink.safetensors", exits.BAD_INPUT, "There is no file ~/looks/ink.safetensors; check"),
        ("history search --like {empty}", exits.BAD_INPUT, "The picture {empty} is empty; use another copy."),
        ("history search --like {bomb}", exits.BAD_INPUT, "The picture {bomb} has far more pixels than the 64 million"),
        ("history search --like {clear}", exits.BAD_INPUT, "That is not a picture with anything to compare; "),
        ("generate {{red|blue --seed 1", exits.BAD_INPUT, "The choice at “{{red|blue” is not closed; write it as"),
        ("history search --kind nonsense", exits.BAD_INPUT, "There is no kind “nonsense”"),
        ("history search rating:nonsense", exits.BAD_INPUT, "“rating:nonsense” makes no sense"),
    ],
)  # fmt: skip
def test_a_refusal_is_one_sentence(
    tmp_path: Path, picture: Path, capsys: pytest.CaptureFixture[str], arguments: str, code: int, sentence: str
) -> None:
    library, files = tmp_path / "library", {"fox": picture, **odd_pictures(tmp_path)}
    words = arguments.format(**files).split()
    assert main([*words, "--library", str(library)]) == code
    said = capsys.readouterr().err
    assert sentence.format(**files) in said
    assert said.count("\n") == 1
    if library.exists():
        with Library.open(library) as opened:
            assert opened.queue.list() == [], "nothing was queued"


def test_a_file_may_have_any_name_that_the_system_takes(
    tmp_path: Path, picture: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = picture.rename(picture.with_name("f\udcffx.png"))
    arguments = ["upscale", str(odd), "--out", str(tmp_path / "out"), "--library", str(tmp_path / "library")]
    assert main(arguments) == exits.OK, capsys.readouterr().err
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["f-x-x2.png"]


def test_what_nobody_foresaw_is_a_sentence_too_and_its_trace_is_for_those_who_ask(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_: Context) -> NoReturn:
        raise ZeroDivisionError

    monkeypatch.setattr(doctor, "run", broken)
    assert main(["doctor"]) == exits.FAILED
    said = capsys.readouterr().err
    assert "ZeroDivisionError" in said and "--verbose" in said and said.count("\n") == 1
    assert main(["doctor", "--json"]) == exits.FAILED
    assert "Traceback" in json.loads(capsys.readouterr().out)["error"]["details"]
