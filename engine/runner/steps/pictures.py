"""Pictures as files of a step: PNG in, PNG out."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from engine.protocol.errors import BadPicture

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Rgba = NDArray[np.uint8]

PNG_LEVEL = 4
"""Half the time of the default level for a file a few per cent larger."""


def write_png(path: Path, rgba: Rgba) -> None:
    """`rgba` is (h, w, 4) uint8, straight alpha."""
    path.write_bytes(png_bytes(rgba))


def png_bytes(rgba: Rgba) -> bytes:
    from PIL import Image

    buffer = BytesIO()
    Image.fromarray(rgba).save(buffer, "PNG", compress_level=PNG_LEVEL)
    return buffer.getvalue()


def read_rgba(path: Path) -> Rgba:
    """(h, w, 4) uint8, straight alpha. Raises BadPicture when the file is not a picture or is cut off."""
    import numpy as np
    from PIL import Image

    try:
        with Image.open(path) as picture:
            return np.asarray(picture.convert("RGBA")).copy()
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise BadPicture(
            f"The picture {path.name[:12]}… can't be read: it is empty, cut off or not a picture; choose another file.",
            details=str(error),
        ) from error
