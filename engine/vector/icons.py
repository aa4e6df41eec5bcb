"""Icon files of the desktops and the web: ICO, ICNS, favicons with their manifest. Each size is drawn on its own."""

from __future__ import annotations

import io
import json
from html import escape

from PIL import Image

from engine.vector.figure import Figure
from engine.vector.render import png
from engine.vector.svg import svg

ICO_SIZES = (16, 24, 32, 48, 64, 128, 256)
ICNS_CHUNKS = (
    ("icp4", 16), ("icp5", 32), ("ic11", 32), ("ic12", 64), ("ic07", 128), ("ic13", 256), ("ic08", 256), ("ic14", 512),
    ("ic09", 512), ("ic10", 1024),
)  # fmt: skip
"""Apple's names for a size in pixels; sizes that stand for another one at double density are there twice."""
_MASKABLE_SHARE = 0.72
"""A maskable icon may be cut to a circle of 80 % of its side; the mark keeps inside."""


def picture(mark: Figure, size: int) -> Image.Image:
    return Image.open(io.BytesIO(png(mark, size))).convert("RGBA")


def ico(mark: Figure) -> bytes:
    """A Windows icon of all usual sizes."""
    pictures = [picture(mark, size) for size in ICO_SIZES]
    buffer = io.BytesIO()
    pictures[-1].save(
        buffer, "ICO", sizes=[(size, size) for size in ICO_SIZES], append_images=pictures[:-1], bitmap_format="png"
    )
    return buffer.getvalue()


def icns(mark: Figure) -> bytes:
    """A macOS icon, 16 to 1024 pixels, each a PNG in a chunk of its own."""
    drawn = {size: png(mark, size) for _, size in ICNS_CHUNKS}
    chunks = b"".join(
        name.encode() + (8 + len(drawn[size])).to_bytes(4, "big") + drawn[size] for name, size in ICNS_CHUNKS
    )
    return b"icns" + (8 + len(chunks)).to_bytes(4, "big") + chunks


def on_ground(mark: Figure, size: int, ground: str, share: float) -> bytes:
    """An opaque PNG: the mark at `share` of the side, in the middle of a filled square."""
    inner = mark.width * share
    room = (mark.width - inner) / 2
    seated = mark.moved(share, room, room, mark.width, mark.height)
    with Image.open(io.BytesIO(png(seated, size, ground))) as image:
        buffer = io.BytesIO()
        image.convert("RGB").save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def favicons(mark: Figure, name: str, ground: str) -> dict[str, bytes]:
    """Files for a web site's root, with the manifest and the lines for the page's head."""
    manifest = {
        "name": name,
        "short_name": name[:12],
        "icons": [
            {"src": "/icon-192.png", "sizes": "192x192", "type": "image/png"},
            {"src": "/icon-512.png", "sizes": "512x512", "type": "image/png"},
            {"src": "/icon-maskable-512.png", "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
        ],
        "theme_color": ground,
        "background_color": ground,
        "display": "standalone",
    }
    return {
        "favicon.ico": ico(mark),
        "favicon.svg": svg(mark, name).encode(),
        "favicon-16.png": png(mark, 16),
        "favicon-32.png": png(mark, 32),
        "apple-touch-icon.png": on_ground(mark, 180, ground, 0.84),
        "icon-192.png": png(mark, 192),
        "icon-512.png": png(mark, 512),
        "icon-maskable-512.png": on_ground(mark, 512, ground, _MASKABLE_SHARE),
        "site.webmanifest": json.dumps(manifest, indent=2, ensure_ascii=False).encode(),
        "head.html": _head(name, ground).encode(),
    }


def _head(name: str, ground: str) -> str:
    return f"""<!-- Put the files into the site's root and these lines into every page's <head>. -->
<link rel="icon" href="/favicon.ico" sizes="32x32">
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="apple-touch-icon" href="/apple-touch-icon.png">
<link rel="manifest" href="/site.webmanifest">
<meta name="apple-mobile-web-app-title" content="{escape(name, quote=True)}">
<meta name="theme-color" content="{ground}">
"""
