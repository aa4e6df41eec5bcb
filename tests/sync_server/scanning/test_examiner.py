"""Untrusted files are examined in a child process that can be killed."""

from __future__ import annotations

import io
import json
import os
import random
import struct
import subprocess
import wave
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import imageio_ffmpeg
import pytest
from PIL import Image

from sync_server.scanning.examine import examine
from sync_server.scanning.examiner import Examiner, Refused
from sync_server.scanning.findings import Findings, TooMuch

FOX = Path(__file__).parents[3] / "docs" / "images" / "fox.png"


class Here:
    """Without the child: what it does, seen by the debugger and the measure of coverage."""

    def examine(self, path: Path) -> Findings:
        try:
            return examine(path)
        except TooMuch as refusal:
            raise Refused(str(refusal)) from refusal


@pytest.fixture(scope="module")
def child() -> Iterator[Examiner]:
    examiner = Examiner(children=1)
    yield examiner
    examiner.close()


@pytest.fixture(scope="module", params=["in the child", "here"])
def examiner(request: pytest.FixtureRequest) -> Examiner | Here:
    return Here() if request.param == "here" else request.getfixturevalue("child")


def png_chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_that_claims(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", body) + png_chunk(b"IEND", b"")


def test_a_mascot_is_a_png_with_a_size_and_its_colours(examiner: Examiner | Here) -> None:
    with Image.open(FOX) as fox:
        size = fox.size
    found = examiner.examine(FOX)
    assert (found.media_type, found.width, found.height, found.frames) == ("image/png", *size, 1)
    assert found.colours
    red, green, blue = bytes.fromhex(found.colours[0][1:])
    assert blue > green > red, f"this fox is blue, not {found.colours}"


@pytest.mark.parametrize(("kind", "media_type"), [("JPEG", "image/jpeg"), ("GIF", "image/gif"), ("WEBP", "image/webp")])
def test_other_pictures(examiner: Examiner | Here, tmp_path: Path, kind: str, media_type: str) -> None:
    path = tmp_path / "file"
    Image.new("RGB", (40, 30), "teal").save(path, kind)
    found = examiner.examine(path)
    assert (found.media_type, found.width, found.height) == (media_type, 40, 30)


def test_an_animation_has_frames_and_a_duration(examiner: Examiner | Here, tmp_path: Path) -> None:
    path = tmp_path / "file"
    frames = [Image.new("RGBA", (8, 8), colour) for colour in ("red", "green", "blue")]
    frames[0].save(path, "WEBP", save_all=True, append_images=frames[1:], duration=100)
    found = examiner.examine(path)
    assert (found.frames, found.duration_s) == (3, 0.3)


def test_what_only_begins_like_a_picture_is_octets(examiner: Examiner | Here, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(FOX.read_bytes()[:3000])
    assert examiner.examine(path).media_type == "application/octet-stream"


def test_the_name_of_a_file_says_nothing(examiner: Examiner | Here, tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(b"<html><script>alert(1)</script></html>")
    assert examiner.examine(path).media_type == "application/octet-stream"
    path.write_bytes(b"")
    assert examiner.examine(path).media_type == "application/octet-stream"


def test_an_image_bomb_is_refused_before_it_is_unpacked(examiner: Examiner | Here, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(png_that_claims(60_000, 60_000))
    with pytest.raises(Refused) as caught:
        examiner.examine(path)
    assert "60000 × 60000" in caught.value.sentence


def test_a_zip_bomb_is_refused_and_an_honest_archive_is_not(examiner: Examiner | Here, tmp_path: Path) -> None:
    path = tmp_path / "file"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(4):
            archive.writestr(f"{number}.txt", b"\0" * 30_000_000)
    with pytest.raises(Refused):
        examiner.examine(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", b"hello" * 100)
    assert examiner.examine(path).media_type == "application/zip"


def test_a_text_bomb_within_a_picture_does_no_harm(examiner: Examiner | Here, tmp_path: Path) -> None:
    path = tmp_path / "file"
    bomb = png_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"\0" * 500_000_000, 9))
    whole = FOX.read_bytes()
    path.write_bytes(whole[:33] + bomb + whole[33:])
    assert examiner.examine(path).media_type in ("application/octet-stream", "image/png")


def test_models_and_json(examiner: Examiner | Here, tmp_path: Path) -> None:
    path = tmp_path / "file"
    described = json.dumps({"asset": {"version": "2.0"}}).encode().ljust(28)
    path.write_bytes(struct.pack("<4sIIII", b"glTF", 2, 20 + len(described), len(described), 0x4E4F534A) + described)
    assert examiner.examine(path).media_type == "model/gltf-binary"
    path.write_bytes(path.read_bytes() + b"more")
    assert examiner.examine(path).media_type == "application/octet-stream"
    path.write_bytes(b'{"v": "5.7", "layers": []}')
    assert examiner.examine(path).media_type == "application/json"
    path.write_bytes(b"[" * 100_000)
    assert examiner.examine(path).media_type == "application/octet-stream"


def test_sounds(examiner: Examiner | Here, tmp_path: Path) -> None:
    path = tmp_path / "file"
    with wave.open(str(path), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(b"\0\0" * 800)
    assert examiner.examine(path).media_type == "audio/wav"


@pytest.mark.parametrize(
    ("ending", "codec", "media_type"),
    [("mp4", "libx264", "video/mp4"), ("webm", "libvpx-vp9", "video/webm"), ("mov", "libx264", "video/quicktime")],
)
def test_films_have_a_size_and_a_duration(
    examiner: Examiner | Here, tmp_path: Path, ending: str, codec: str, media_type: str
) -> None:
    path = tmp_path / f"film.{ending}"
    source = ["-f", "lavfi", "-i", "testsrc=size=64x48:rate=10:duration=1"]
    program = imageio_ffmpeg.get_ffmpeg_exe()
    subprocess.run(
        [program, "-loglevel", "error", *source, "-c:v", codec, "-pix_fmt", "yuv420p", str(path)], check=True
    )
    found = examiner.examine(path)
    assert (found.media_type, found.width, found.height) == (media_type, 64, 48)
    assert found.duration_s == pytest.approx(1.0, abs=0.15)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert examiner.examine(path).media_type in ("application/octet-stream", "video/webm")


def test_random_bytes_are_octets_or_refused(examiner: Examiner | Here, tmp_path: Path) -> None:
    path, chance = tmp_path / "file", random.Random(8)
    for start in (
        b"",
        b"\x1aE\xdf\xa3",
        b"RIFF\0\0\0\0WEBP",
        b"\0\0\0\x18ftyp",
        b"GIF89a\x09\0\x09\0",
        b"PK\x03\x04",
        b"\xff\xd8\xff",
    ):
        path.write_bytes(start + chance.randbytes(500))
        try:
            assert examiner.examine(path).media_type == "application/octet-stream", start
        except Refused:
            assert start.startswith(b"GIF"), "its random frame claims to be huge"


def test_a_child_that_hangs_is_killed_and_the_next_file_is_examined(tmp_path: Path) -> None:
    examiner = Examiner(children=1, time_s=3.0)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)  # opening it never returns
    try:
        with pytest.raises(Refused):
            examiner.examine(pipe)
        assert examiner.examine(FOX).media_type == "image/png"
    finally:
        examiner.close()


def test_a_child_that_was_killed_is_replaced(child: Examiner) -> None:
    child.examine(FOX)
    killed = child._free.get()
    assert killed is not None
    killed.process.kill()
    killed.process.wait()
    child._free.put(killed)
    assert child.examine(FOX).media_type == "image/png"


def test_a_picture_that_needs_much_of_the_childs_memory_is_not_fatal(child: Examiner, tmp_path: Path) -> None:
    path = tmp_path / "file"
    buffer = io.BytesIO()
    Image.new("L", (9_900, 9_900)).save(buffer, "PNG")
    path.write_bytes(buffer.getvalue())
    assert child.examine(path).width == 9_900
    assert child.examine(FOX).media_type == "image/png"
