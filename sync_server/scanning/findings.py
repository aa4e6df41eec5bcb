"""What an examination finds out about a file, and the limits it keeps to."""

from __future__ import annotations

from dataclasses import dataclass, field

OCTETS = "application/octet-stream"
SVG = "image/svg+xml"

MAX_PIXELS = 100_000_000
MAX_FRAMES = 20_000
MAX_DECODED_PIXELS = 300_000_000
"""Of an animation's frames so many are decoded; the rest repeats the same canvas."""
MAX_TEXT_BYTES = 64 * 2**20
"""JSON and the header of a 3D model."""
MAX_SVG_BYTES = 16 * 2**20
MAX_ARCHIVE_BYTES = 4 * 2**30
MAX_ARCHIVE_ENTRIES = 50_000
MAX_ARCHIVE_RATIO = 200
"""Unpacked bytes per packed byte, beyond a first megabyte."""

INLINE = frozenset(
    {
        "image/png",
        "image/jpeg",
        "image/webp",
        "image/gif",
        "video/mp4",
        "video/webm",
        "video/quicktime",
        "audio/mpeg",
        "audio/ogg",
        "audio/wav",
        "audio/flac",
        "model/gltf-binary",
    }
)
"""Types that a browser may show from this server's address; everything else is handed out as an attachment."""


class TooMuch(Exception):
    """The file is built to use up whoever opens it; the text is a sentence for the user."""


@dataclass(frozen=True)
class Findings:
    """The type by content, never by what the client said. Sizes in pixels, durations in seconds."""

    media_type: str = OCTETS
    width: int | None = None
    height: int | None = None
    frames: int | None = None
    duration_s: float | None = None
    colours: list[str] = field(default_factory=list[str])
    """The main colours of a picture as `#rrggbb`, the most frequent first."""
