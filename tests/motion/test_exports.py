"""Every format, read back by a decoder that is not ours: size, frames, speed, loop, true transparency, no halo."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image, ImageSequence

from engine.motion.export import SUFFIX, encode
from engine.motion.frames import Frames
from engine.protocol.recipes import ExportFormat

LOSSLESS = (ExportFormat.APNG, ExportFormat.PNG_SEQUENCE)
PILLOW = (ExportFormat.WEBP, ExportFormat.APNG, ExportFormat.GIF)


@pytest.fixture(scope="module")
def files(waving: Frames, tmp_path_factory: pytest.TempPathFactory) -> dict[ExportFormat, Path]:
    folder = tmp_path_factory.mktemp("exports")
    paths = {format: folder / f"fox{SUFFIX[format]}" for format in ExportFormat}
    for format, path in paths.items():
        encode(waving, format, path)
    return paths


def _decoded(format: ExportFormat, path: Path) -> list[np.ndarray]:
    """Straight RGBA frames."""
    if format is ExportFormat.WEBM:
        return _webm(path)
    if format is ExportFormat.PNG_SEQUENCE:
        with zipfile.ZipFile(path) as archive:
            pictures = [Image.open(io.BytesIO(archive.read(name))) for name in sorted(archive.namelist())]
            return [np.asarray(picture.convert("RGBA")) for picture in pictures]
    with Image.open(path) as image:
        return [np.asarray(frame.convert("RGBA")) for frame in ImageSequence.Iterator(image)]


def _webm(path: Path) -> list[np.ndarray]:
    """VP9 with alpha: only libvpx's own decoder gives the alpha back."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        decoder = av.CodecContext.create("libvpx-vp9", "r")
        frames = []
        for packet in container.demux(stream):
            frames += [frame.to_ndarray(format="rgba") for frame in decoder.decode(packet)]
        return frames


def _seen(rgba: np.ndarray, ground: int) -> np.ndarray:
    """Over an even ground, as a page would show it."""
    alpha = rgba[..., 3:].astype(float) / 255
    return rgba[..., :3] * alpha + ground * (1 - alpha)


@pytest.mark.parametrize("format", ExportFormat)
def test_all_frames_come_back_in_their_size(format: ExportFormat, files: dict, waving: Frames) -> None:
    frames = _decoded(format, files[format])
    assert len(frames) == waving.count == 24
    assert all(frame.shape == (waving.height, waving.width, 4) for frame in frames)


@pytest.mark.parametrize("format", ExportFormat)
def test_corners_are_truly_transparent_and_the_mascot_is_not(format: ExportFormat, files: dict, waving: Frames) -> None:
    for frame in _decoded(format, files[format])[::6]:
        assert frame[[0, 0, -1, -1], [0, -1, 0, -1], 3].max() == 0
        assert (frame[..., 3] > 250).mean() > 0.15


@pytest.mark.parametrize("format", ExportFormat)
def test_frames_look_as_they_were_drawn_on_dark_and_on_light(format: ExportFormat, files: dict, waving: Frames) -> None:
    frames = _decoded(format, files[format])
    allowed = 0.01 if format in LOSSLESS else 6.0
    for index in (0, 7, 13):
        for ground in (0, 255):
            error = np.abs(_seen(frames[index], ground) - _seen(waving.straight(index), ground))
            assert error.mean() < allowed


def test_no_dark_halo_in_the_video(files: dict, waving: Frames) -> None:
    frame, truth = _webm(files[ExportFormat.WEBM])[5], waving.straight(5)
    soft = (truth[..., 3] > 40) & (truth[..., 3] < 215)
    darker = _seen(truth, 255)[soft].mean() - _seen(frame, 255)[soft].mean()
    assert abs(darker) < 12


@pytest.mark.parametrize("format", ExportFormat)
def test_frames_differ_and_the_last_flows_into_the_first(format: ExportFormat, files: dict) -> None:
    shown = [_seen(frame, 128) for frame in _decoded(format, files[format])]
    steps = [np.abs(a - b).mean() for a, b in zip(shown, [*shown[1:], shown[0]], strict=True)]
    assert max(steps) > 1.0
    assert steps[-1] <= max(steps[:-1]) * 1.05


@pytest.mark.parametrize("format", PILLOW)
def test_pictures_that_move_loop_for_ever_and_last_as_long_as_the_action(
    format: ExportFormat, files: dict, waving: Frames
) -> None:
    with Image.open(files[format]) as image:
        assert image.n_frames == waving.count
        assert image.info["loop"] == 0
        total = 0.0
        for frame in ImageSequence.Iterator(image):
            frame.load()
            total += frame.info["duration"]
    assert total / 1000 == pytest.approx(waving.seconds, abs=0.02)


def test_the_video_says_that_it_has_alpha_and_how_fast_it_is(files: dict, waving: Frames) -> None:
    with av.open(str(files[ExportFormat.WEBM])) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name.startswith(("vp9", "libvpx-vp9"))
        assert {k.lower(): v for k, v in stream.metadata.items()}["alpha_mode"] == "1"
        assert float(stream.average_rate) == pytest.approx(waving.fps)
        assert stream.codec_context.colorspace == 1, "BT.709"


def test_a_gif_has_one_palette_for_all_frames(files: dict) -> None:
    data = files[ExportFormat.GIF].read_bytes()
    assert data[:6] == b"GIF89a"
    assert data[10] & 0x80, "a global palette"
    with Image.open(files[ExportFormat.GIF]) as image:
        for index in range(image.n_frames):
            image.seek(index)
            assert not image.tile or image.disposal_method == 2


def test_a_still_part_of_a_gif_does_not_flicker(waving: Frames, tmp_path: Path) -> None:
    still = Frames(waving.width, waving.height, 6, 10, lambda index: waving.draw(0))
    encode(still, ExportFormat.GIF, tmp_path / "still.gif")
    frames = _decoded(ExportFormat.GIF, tmp_path / "still.gif")
    assert all(np.array_equal(frame, frames[0]) for frame in frames)


def test_a_gif_at_sixty_frames_a_second_keeps_its_speed(waving: Frames, tmp_path: Path) -> None:
    fast = Frames(waving.width, waving.height, 24, 60, waving.draw)
    encode(fast, ExportFormat.GIF, tmp_path / "fast.gif")
    with Image.open(tmp_path / "fast.gif") as image:
        durations = [frame.info["duration"] for frame in ImageSequence.Iterator(image)]
    assert len(durations) == 12
    assert min(durations) >= 20
    assert sum(durations) == pytest.approx(400, abs=10)


def test_the_sequence_is_numbered_from_nought(files: dict, waving: Frames) -> None:
    with zipfile.ZipFile(files[ExportFormat.PNG_SEQUENCE]) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [f"frame_{i:04d}.png" for i in range(waving.count)]


def test_an_apng_is_a_plain_png_to_those_who_know_no_better(files: dict, waving: Frames) -> None:
    import cv2

    still = cv2.imread(str(files[ExportFormat.APNG]), cv2.IMREAD_UNCHANGED)
    assert still is not None
    assert np.array_equal(cv2.cvtColor(still, cv2.COLOR_BGRA2RGBA), waving.straight(0))
