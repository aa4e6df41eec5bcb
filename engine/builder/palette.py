"""The ten colours, each a designed ramp; what an accessory wears; skin and hair."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.protocol.mascot import Colour


@dataclass(frozen=True, slots=True)
class Ramp:
    """One colour from its highlight to its line; `pale` is the belly and muzzle that goes with it."""

    base: str
    light: str
    shade: str
    line: str
    pale: str


RAMPS: dict[Colour, Ramp] = {
    Colour.RED: Ramp("#e8413f", "#ff7d70", "#b3243a", "#4a0f1f", "#ffe4d4"),
    Colour.ORANGE: Ramp("#fb8b24", "#ffb865", "#d45f12", "#54240c", "#fff1dc"),
    Colour.YELLOW: Ramp("#ffd23c", "#ffea8c", "#e2a01c", "#5a3a08", "#fffae3"),
    Colour.GREEN: Ramp("#56b947", "#92de78", "#2f8a3d", "#12391f", "#f1fbd8"),
    Colour.TEAL: Ramp("#1fb5ad", "#6fe3d5", "#0e807f", "#083a40", "#e1fbf3"),
    Colour.BLUE: Ramp("#3f82ee", "#83b8ff", "#2657bd", "#10234f", "#e8f3ff"),
    Colour.PURPLE: Ramp("#8f55d9", "#bd92f6", "#6433a8", "#281150", "#f4eaff"),
    Colour.PINK: Ramp("#ff8dc0", "#ffc0dd", "#df5f99", "#5a163a", "#fff1f6"),
    Colour.BROWN: Ramp("#955f3b", "#c1906a", "#6a3e22", "#2f180c", "#f7e4cb"),
    Colour.GREY: Ramp("#9d9d9d", "#c9c9c9", "#6d6d6d", "#262626", "#f6f6f6"),
}

WORN: dict[Colour, Ramp] = {
    Colour.RED: Ramp("#d3152e", "#ff5a5f", "#960c2b", "#42091a", "#ffe9df"),
    Colour.ORANGE: Ramp("#f06a00", "#ff9d3d", "#b94a00", "#4a1f06", "#fff0da"),
    Colour.YELLOW: Ramp("#ffc400", "#ffe566", "#d18e00", "#523504", "#fff9dc"),
    Colour.GREEN: Ramp("#259a3b", "#62c968", "#146b31", "#0b331b", "#edfbdc"),
    Colour.TEAL: Ramp("#00918f", "#3fc9c0", "#00636a", "#05333a", "#dffaf3"),
    Colour.BLUE: Ramp("#1a5be0", "#5c95ff", "#103da0", "#0b1c47", "#e6f1ff"),
    Colour.PURPLE: Ramp("#7430cc", "#a56cf0", "#4f1a96", "#220c49", "#f3e8ff"),
    Colour.PINK: Ramp("#fb5ca8", "#ff9ccb", "#cf2f7d", "#530f33", "#fff0f6"),
    Colour.BROWN: Ramp("#7a4625", "#a9754d", "#532c13", "#291308", "#f5e1c6"),
    Colour.GREY: Ramp("#787878", "#aaaaaa", "#505050", "#1f1f1f", "#f3f3f3"),
}

_WORN_ON_ITSELF: dict[Colour, tuple[str, str, str]] = {
    Colour.RED: ("#a50c26", "#dd3c48", "#73071f"),
    Colour.ORANGE: ("#d14e00", "#ff8a2a", "#973500"),
    Colour.YELLOW: ("#eaa900", "#ffd24a", "#b87f00"),
    Colour.GREEN: ("#1a7230", "#43a552", "#0d4f25"),
    Colour.TEAL: ("#006a70", "#1fa3a0", "#00474f"),
    Colour.BLUE: ("#1240ac", "#3f74e6", "#0a2a78"),
    Colour.PURPLE: ("#551d9e", "#8348cf", "#380f70"),
    Colour.PINK: ("#ef3d92", "#ff80bb", "#b31c67"),
    Colour.BROWN: ("#5d3217", "#8a5732", "#3b1d0b"),
    Colour.GREY: ("#5a5a5a", "#8c8c8c", "#383838"),
}

SKIN = (
    Ramp("#ffdcc2", "#ffeede", "#eeb08f", "#5a2a1c", "#ffeede"),
    Ramp("#f8c9a0", "#ffe0c4", "#dd9a6c", "#54281a", "#ffe0c4"),
    Ramp("#e2a878", "#f3c7a0", "#bf7f51", "#472013", "#f3c7a0"),
    Ramp("#c08457", "#d9a67e", "#96603a", "#3b1b10", "#d9a67e"),
    Ramp("#9d6746", "#bd8864", "#75472c", "#2b130b", "#bd8864"),
    Ramp("#7c5039", "#9d6f54", "#583523", "#200e08", "#9d6f54"),
)

HAIR = (
    Ramp("#33282c", "#5c4a50", "#1d1518", "#140d10", "#5c4a50"),
    Ramp("#553323", "#7d5340", "#382015", "#221109", "#7d5340"),
    Ramp("#8a5430", "#b57a4f", "#61381d", "#331a0b", "#b57a4f"),
    Ramp("#a8481f", "#d4753f", "#7a2f12", "#3d1507", "#d4753f"),
    Ramp("#e9bd62", "#fbe0a0", "#c08f35", "#57390f", "#fbe0a0"),
)

WHITE = Ramp("#ffffff", "#ffffff", "#cfd6e4", "#2c2c38", "#ffffff")
METAL = Ramp("#c7cdd6", "#eef1f5", "#8d95a3", "#2b303a", "#eef1f5")
GOLD = "#ffce45"
SCREEN = "#1d2740"
TONGUE = "#ff7d8c"
MOUTH = "#6b1a2e"
TEAR = "#7fd0ff"


def worn(colour: Colour, body: Colour) -> Ramp:
    """The ramp of an accessory of `colour` on a mascot of `body`: set off in tone when both have the same name."""
    ramp = WORN[colour]
    if colour is not body:
        return ramp
    base, light, shade = _WORN_ON_ITSELF[colour]
    return replace(ramp, base=base, light=light, shade=shade)


def mix(a: str, b: str, t: float) -> str:
    """The colour a share `t` of the way from a to b, in sRGB; both "#rrggbb"."""
    pairs = ((int(a[i : i + 2], 16), int(b[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(x + (y - x) * t):02x}" for x, y in pairs)


def darker(r: Ramp, t: float) -> Ramp:
    """The ramp moved a share `t` towards its shade, for what lies behind."""
    return replace(r, base=mix(r.base, r.shade, t), light=mix(r.light, r.base, t))
