"""App icons: Apple's asset catalogue, and Android's adaptive icons with their older square and round forms."""

from __future__ import annotations

import json
from collections.abc import Iterator

from engine.vector.badge import disc, rounded_box
from engine.vector.figure import Figure, Fill
from engine.vector.icons import on_ground
from engine.vector.place import reach_from_middle
from engine.vector.render import png

_IOS: tuple[tuple[str, float, tuple[int, ...]], ...] = (
    ("iphone", 20, (2, 3)), ("iphone", 29, (2, 3)), ("iphone", 40, (2, 3)), ("iphone", 60, (2, 3)),
    ("ipad", 20, (1, 2)), ("ipad", 29, (1, 2)), ("ipad", 40, (1, 2)), ("ipad", 76, (1, 2)), ("ipad", 83.5, (2,)),
    ("ios-marketing", 1024, (1,)),
)  # fmt: skip
_IOS_SHARE = 0.84
_DENSITIES: dict[str, float] = {"mdpi": 1, "hdpi": 1.5, "xhdpi": 2, "xxhdpi": 3, "xxxhdpi": 4}
_LAYER_DP, _LEGACY_DP = 108, 48
SAFE_DP = 66
"""The middle of an adaptive layer that no mask ever cuts."""
_SAFE_SHARE = SAFE_DP / _LAYER_DP
_LEGACY_SHARE = 0.8
_ADAPTIVE = """<?xml version="1.0" encoding="utf-8"?>
<adaptive-icon xmlns:android="http://schemas.android.com/apk/res/android">
    <background android:drawable="@color/ic_launcher_background"/>
    <foreground android:drawable="@mipmap/ic_launcher_foreground"/>
    <monochrome android:drawable="@mipmap/ic_launcher_monochrome"/>
</adaptive-icon>
"""
_COLOURS = """<?xml version="1.0" encoding="utf-8"?>
<resources>
    <color name="ic_launcher_background">{ground}</color>
</resources>
"""


def ios(mark: Figure, ground: str) -> dict[str, bytes]:
    """AppIcon.appiconset: opaque squares (the system rounds them) and the catalogue's Contents.json."""
    files: dict[str, bytes] = {}
    images: list[dict[str, str]] = []
    for idiom, points, scales in _IOS:
        for scale in scales:
            pixels = round(points * scale)
            name = f"icon-{pixels}.png"
            if name not in files:
                files[name] = on_ground(mark, pixels, ground, _IOS_SHARE)
            size = f"{points:g}x{points:g}"
            images.append({"filename": name, "idiom": idiom, "scale": f"{scale}x", "size": size})
    contents = {"images": images, "info": {"author": "xcode", "version": 1}}
    files["Contents.json"] = json.dumps(contents, indent=2).encode()
    return files


def android(mark: Figure, mono: Figure, ground: str) -> dict[str, bytes]:
    """A `res` folder: foreground, monochrome and background layers for Android 8 and later, and plain icons for
    older ones. The whole mark keeps inside the safe circle."""
    share = _safe_share(mark, mono)
    foreground, shape = _in_the_middle(mark, share), _in_the_middle(mono, share)
    files: dict[str, bytes] = {
        "mipmap-anydpi-v26/ic_launcher.xml": _ADAPTIVE.encode(),
        "mipmap-anydpi-v26/ic_launcher_round.xml": _ADAPTIVE.encode(),
        "values/ic_launcher_background.xml": _COLOURS.format(ground=ground).encode(),
    }
    for density, scale in _DENSITIES.items():
        folder, layer, legacy = f"mipmap-{density}", round(_LAYER_DP * scale), round(_LEGACY_DP * scale)
        files[f"{folder}/ic_launcher_foreground.png"] = png(foreground, layer)
        files[f"{folder}/ic_launcher_monochrome.png"] = png(shape, layer)
        files |= {f"{folder}/{name}": data for name, data in _legacy(mark, legacy, ground)}
    files["play-store-512.png"] = on_ground(mark, 512, ground, _LEGACY_SHARE)
    return files


def _safe_share(*figures: Figure) -> float:
    """How much the figures' canvases are shrunk for their furthest painted point to lie in the safe circle."""
    furthest = max(reach_from_middle(figure) / (figure.width / 2) for figure in figures)
    return _SAFE_SHARE / max(furthest, 0.5)


def _in_the_middle(figure: Figure, share: float) -> Figure:
    x, y = figure.width / 2, figure.height / 2
    return figure.moved(share, x * (1 - share), y * (1 - share), figure.width, figure.height)


def _legacy(mark: Figure, size: int, ground: str) -> Iterator[tuple[str, bytes]]:
    """The square and the round icon of Android 7 and earlier, their corners clear."""
    side = 1024.0
    plate = {
        "ic_launcher.png": rounded_box(64, 64, side - 64, side - 64, 150),
        "ic_launcher_round.png": disc(side / 2, side / 2, side / 2 - 40),
    }
    inner = mark.moved(0.66, 0.17 * mark.width, 0.17 * mark.height, side, side)
    for name, shape in plate.items():
        yield name, png(Figure(side, side, (Fill(shape, ground), *inner.fills)), size)
