"""Small pictures that go ahead of originals: made by whoever made the original, shown until it is fetched."""

from __future__ import annotations

import logging
from io import BytesIO
from pathlib import Path

from engine.blobs.files import write_bytes

EDGE_PX = 320
QUALITY = 80
MAX_BYTES = 512 * 1024
WORTH_BYTES = 128 * 1024
"""An original smaller than this comes at once itself."""
MAKEABLE = ("image/png", "image/jpeg", "image/webp", "image/gif", "image/apng")
_MAX_PIXELS = 64_000_000

log = logging.getLogger(__name__)


def make_thumbnail(path: Path) -> bytes | None:
    """A WebP of a picture file, at most EDGE_PX on its longer side; None when it can't be made."""
    from PIL import Image

    try:
        with Image.open(path) as image:
            if image.width * image.height > _MAX_PIXELS:
                return None
            image.seek(0)
            small = image.convert("RGBA" if "A" in image.getbands() or "transparency" in image.info else "RGB")
        small.thumbnail((EDGE_PX, EDGE_PX))
        file = BytesIO()
        small.save(file, "WEBP", quality=QUALITY)
        return file.getvalue()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        log.info("no thumbnail of %s: %s", path, error)
        return None


def keep_thumbnail(data: bytes, target: Path) -> bool:
    """Write a thumbnail that came from elsewhere as a PNG where windows look for it; False when it is no picture."""
    from PIL import Image

    try:
        with Image.open(BytesIO(data), formats=["WEBP", "PNG", "JPEG"]) as image:
            if max(image.size) > 2 * EDGE_PX:
                return False
            file = BytesIO()
            image.convert("RGBA").save(file, "PNG")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        log.info("a thumbnail can't be read: %s", error)
        return False
    write_bytes(target, file.getvalue())
    return True
