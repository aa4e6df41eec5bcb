"""PNG, JPEG, WebP and GIF: really decoded, within limits of pixels and frames."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from sync_server.scanning.findings import MAX_DECODED_PIXELS, MAX_FRAMES, MAX_PIXELS, Findings, TooMuch

TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "GIF": "image/gif"}
_SAMPLE = 64
_COLOURS = 8
_OPAQUE = 128


def examine_picture(path: Path) -> Findings:
    """Raises TooMuch for a bomb, OSError, SyntaxError, ValueError for a file that isn't a whole picture."""
    Image.MAX_IMAGE_PIXELS = None  # our own limit follows, before anything is decoded
    with Image.open(path, formats=list(TYPES)) as image:
        width, height = image.size
        if width * height > MAX_PIXELS:
            raise TooMuch(
                f"The picture is {width} × {height} pixels large; at most {MAX_PIXELS // 1_000_000} million are taken."
            )
        frames: int = getattr(image, "n_frames", 1)
        if frames > MAX_FRAMES:
            raise TooMuch(f"The animation has {frames} frames; at most {MAX_FRAMES} are taken.")
        image.load()
        colours = _main_colours(image)
        return Findings(
            media_type=TYPES[image.format or ""],
            width=width,
            height=height,
            frames=frames,
            duration_s=_duration(image, frames) if frames > 1 else None,
            colours=colours,
        )


def _duration(image: Image.Image, frames: int) -> float | None:
    """Decodes frame after frame; None when there are too many to decode all."""
    affordable = max(1, MAX_DECODED_PIXELS // (image.width * image.height))
    milliseconds = 0.0
    for number in range(min(frames, affordable)):
        image.seek(number)
        image.load()
        milliseconds += float(image.info.get("duration", 0))
    return milliseconds / 1000 if frames <= affordable else None


def _main_colours(image: Image.Image) -> list[str]:
    small = image.copy()
    small.thumbnail((_SAMPLE, _SAMPLE))
    pixels = small.convert("RGBA")
    data = pixels.tobytes()
    seen = [data[at : at + 3] for at in range(0, len(data), 4) if data[at + 3] >= _OPAQUE]
    if not seen:
        return []
    strip = Image.frombytes("RGB", (len(seen), 1), b"".join(seen)).quantize(_COLOURS, Image.Quantize.MEDIANCUT)
    palette = strip.getpalette() or []
    counted: list[tuple[int, int]] = sorted(strip.getcolors() or [], reverse=True)  # pyright: ignore[reportAssignmentType]
    return ["#" + bytes(palette[3 * index : 3 * index + 3]).hex() for _, index in counted]
