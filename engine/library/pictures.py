"""Pictures from outside: opened with limits, decoded to the last row, before they become part of the library."""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from pydantic import JsonValue

from engine.library.embed import SIGNATURE, read_recipe, without_recipe
from engine.protocol.artifacts import Artifact, AssetType
from engine.protocol.errors import BadPicture
from engine.protocol.recipes import AnyRecipe, BlobHash

MAX_FILE_BYTES = 128 << 20
MAX_PIXELS = 64_000_000
MAX_SIDE_PIXELS = 16_384
FORMATS = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
_ORIENTATION = 0x0112


@dataclass(frozen=True)
class OpenedPicture:
    """`data` is the file as it is stored: a PNG without the recipe that was inside."""

    data: bytes
    media_type: str
    file_name: str
    width: int
    height: int
    recipe: AnyRecipe | None = None
    effective: dict[str, JsonValue] = field(default_factory=dict[str, JsonValue])

    def artifact(self, blob: BlobHash) -> Artifact:
        return Artifact(
            type=AssetType.IMAGE,
            role="picture",
            blob=blob,
            media_type=self.media_type,
            file_name=self.file_name,
            size_bytes=len(self.data),
            width=self.width,
            height=self.height,
            effective=self.effective,
        )


def open_picture(path: Path) -> OpenedPicture:
    """Read a PNG, JPEG or WebP file.

    Raises BadPicture when it is missing, empty, broken, too large or none of these.
    """
    data = _read(path)
    media_type, width, height, upright = _decode(path, data)
    if upright is not None:
        return OpenedPicture(upright, "image/png", f"{name_as_text(path.stem)}.png", width, height)
    if not data.startswith(SIGNATURE):
        return OpenedPicture(data, media_type, name_as_text(path.name), width, height)
    plain = without_recipe(data)
    if len(plain) == len(data):
        return OpenedPicture(data, media_type, name_as_text(path.name), width, height)
    try:
        found = read_recipe(data)
    except BadPicture:
        # The picture itself is sound: an unreadable recipe must not keep it out.
        return OpenedPicture(plain, media_type, name_as_text(path.name), width, height)
    return OpenedPicture(plain, media_type, name_as_text(path.name), width, height, found.recipe, found.effective)


def name_as_text(name: str) -> str:
    """A file's name as words that can be kept: on Linux it may be any bytes."""
    return name.encode("utf-8", "replace").decode()


def _read(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise BadPicture(f"{path} is a folder; choose a picture in it.")
        if size > MAX_FILE_BYTES:
            raise BadPicture(
                f"The picture {path} has {size >> 20} MB; the most is {MAX_FILE_BYTES >> 20} MB. Make it smaller."
            )
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise BadPicture(f"The picture {path} does not exist; check its name and folder.") from error
    except OSError as error:
        raise BadPicture(
            f"The picture {path} can't be read ({error.strerror}); check its name and permissions."
        ) from error
    if not data:
        raise BadPicture(f"The picture {path} is empty; use another copy.")
    return data


def _decode(path: Path, data: bytes) -> tuple[str, int, int, bytes | None]:
    """Media type, width and height in pixels, and, for a photograph that lies on its side, an upright PNG."""
    import struct
    import warnings

    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            # Our own limit is lower than the one that Pillow warns of.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(BytesIO(data), formats=list(FORMATS)) as image:
                width, height = image.size
                if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE_PIXELS:
                    raise BadPicture(
                        f"The picture {path} is {width} × {height} pixels; the most is {MAX_PIXELS // 1_000_000} "
                        "million and "
                        f"{MAX_SIDE_PIXELS} on a side. Make it smaller."
                    )
                image.load()
                media_type = FORMATS[str(image.format)]
                if image.getexif().get(_ORIENTATION, 1) in (0, 1):
                    return media_type, width, height, None
                turned = ImageOps.exif_transpose(image)
                upright = BytesIO()
                turned.convert("RGBA" if "A" in turned.getbands() else "RGB").save(upright, "PNG")
                return media_type, turned.width, turned.height, upright.getvalue()
    except Image.DecompressionBombError as error:
        raise BadPicture(
            f"The picture {path} has far more pixels than the {MAX_PIXELS // 1_000_000} million that are the most. "
            "Make it smaller.",
            details=str(error),
        ) from error
    except UnidentifiedImageError as error:
        raise BadPicture(
            f"{path} is not a picture that MascotForge can read; choose a PNG, JPEG or WebP file.", details=str(error)
        ) from error
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, struct.error) as error:
        raise BadPicture(f"The picture {path} is broken; use another copy.", details=str(error)) from error
