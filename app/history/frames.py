"""The frames of an animation in the library, decoded to show them in the window. Not for export: they are made small
enough for memory.
"""

from __future__ import annotations

import io
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QImage

from engine.protocol.artifacts import Artifact
from engine.protocol.errors import BadPicture

WEBM, ZIP = b"\x1aE\xdf\xa3", b"PK\x03\x04"
ANIMATED = ("webm", "webp", "apng", "gif", "png-sequence")
MOST_BYTES = 256 * 2**20
MOST_EDGE_PX = 1024
DEFAULT_MS = 33
FFMPEG_S = 60.0


@dataclass(frozen=True)
class Frame:
    image: QImage
    milliseconds: int


def is_animation(artifact: Artifact) -> bool:
    return artifact.role in ANIMATED


def read_frames(path: Path, artifact: Artifact) -> list[Frame]:
    """All frames in their order, transparency kept. Raises BadPicture."""
    try:
        if artifact.role == "webm":
            frames = _of_webm(path, artifact)
        elif artifact.role == "png-sequence":
            frames = _of_zip(path, artifact)
        else:
            frames = _of_picture(path)
    except (OSError, ValueError, SyntaxError, EOFError, zipfile.BadZipFile, subprocess.SubprocessError) as error:
        raise BadPicture(
            f"{artifact.file_name} can't be shown here; save it and open it in another program.", details=str(error)
        ) from error
    if not frames:
        raise BadPicture(f"{artifact.file_name} has no frames that can be shown; make it again.")
    return frames


def first_frame(path: Path) -> QImage:
    """The first frame of what Qt can't read: a WebM, or a zip of PNGs. A null image when it is neither."""
    with path.open("rb") as file:
        begins = file.read(4)
    try:
        if begins == WEBM:
            return QImage.fromData(_still_of_webm(path))
        if begins == ZIP:
            with zipfile.ZipFile(path) as archive:
                names = sorted(name for name in archive.namelist() if name.lower().endswith(".png"))
                return QImage.fromData(archive.read(names[0])) if names else QImage()
    except (OSError, zipfile.BadZipFile, subprocess.SubprocessError):
        return QImage()
    return QImage()


def _still_of_webm(path: Path) -> bytes:
    import imageio_ffmpeg

    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-c:v", "libvpx-vp9", "-i", str(path), "-frames:v", "1",
        "-f", "image2pipe", "-c:v", "png", "-pix_fmt", "rgba", "-",
    ]  # fmt: skip
    return subprocess.run(command, capture_output=True, timeout=FFMPEG_S, check=True).stdout


def _of_picture(path: Path) -> list[Frame]:
    """WebP, APNG and GIF."""
    from PIL import Image, ImageSequence

    frames: list[Frame] = []
    with Image.open(path) as picture:
        count = getattr(picture, "n_frames", 1)
        size = _fitting(picture.width, picture.height, count)
        for frame in ImageSequence.Iterator(picture):
            rgba = frame.convert("RGBA")
            milliseconds = round(float(frame.info.get("duration") or DEFAULT_MS))
            small = rgba if rgba.size == size else rgba.resize(size, Image.Resampling.BILINEAR)
            frames.append(Frame(_image(small.tobytes(), *size), max(10, milliseconds)))
    return frames


def _of_zip(path: Path, artifact: Artifact) -> list[Frame]:
    from PIL import Image

    frames: list[Frame] = []
    with zipfile.ZipFile(path) as archive:
        names = sorted(name for name in archive.namelist() if name.lower().endswith(".png"))
        milliseconds = _milliseconds(artifact, len(names))
        for name in names:
            with Image.open(io.BytesIO(archive.read(name))) as picture:
                size = _fitting(picture.width, picture.height, len(names))
                rgba = picture.convert("RGBA")
                small = rgba if rgba.size == size else rgba.resize(size, Image.Resampling.BILINEAR)
            frames.append(Frame(_image(small.tobytes(), *size), milliseconds))
    return frames


def _of_webm(path: Path, artifact: Artifact) -> list[Frame]:
    """By the ffmpeg program: only its libvpx decoder keeps the transparency."""
    import imageio_ffmpeg

    if not artifact.width or not artifact.height:
        return []
    count = artifact.frames or 60
    width, height = _fitting(artifact.width, artifact.height, count)
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-c:v", "libvpx-vp9", "-i", str(path), "-vf",
        f"scale={width}:{height}", "-frames:v", str(min(count, 2000)), "-f", "rawvideo", "-pix_fmt", "rgba", "-",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, timeout=FFMPEG_S, check=True)
    each = width * height * 4
    milliseconds = _milliseconds(artifact, len(done.stdout) // each)
    return [
        Frame(_image(done.stdout[start : start + each], width, height), milliseconds)
        for start in range(0, len(done.stdout) - each + 1, each)
    ]


def _milliseconds(artifact: Artifact, count: int) -> int:
    return max(10, round(artifact.seconds * 1000 / count)) if artifact.seconds and count else DEFAULT_MS


def _fitting(width: int, height: int, count: int) -> tuple[int, int]:
    """A size at which all frames together stay within the budget."""
    scale = min(1.0, MOST_EDGE_PX / max(width, height), (MOST_BYTES / (width * height * 4 * max(1, count))) ** 0.5)
    return (width, height) if scale == 1.0 else (max(1, round(width * scale)), max(1, round(height * scale)))


def _image(rgba: bytes, width: int, height: int) -> QImage:
    image = QImage(rgba, width, height, width * 4, QImage.Format.Format_RGBA8888)
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
