"""The fonts that ship for lettering, and text in them as outlines."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from pathops import Path

from engine.protocol.errors import BadInput
from engine.vector.boolean import clean
from engine.vector.kerning import kerning_of

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

FOLDER = FilePath(__file__).resolve().parents[2] / "assets" / "fonts" / "logo"
FONTS: dict[str, str] = {
    "fredoka": "Fredoka",
    "baloo-2": "Baloo 2",
    "lilita-one": "Lilita One",
    "titan-one": "Titan One",
    "bungee": "Bungee",
    "bangers": "Bangers",
    "pacifico": "Pacifico",
}
"""Key and name; each under the SIL Open Font License, which lies beside it."""
DEFAULT = "fredoka"
_SUBSETS = ("latin", "latin-ext")


@dataclass(frozen=True)
class Glyph:
    """One letter in units of the font size: its outline with the baseline at y = 0 (y down), where it starts, and how
    wide it is."""

    path: Path
    x: float
    advance: float


@dataclass(frozen=True)
class Line:
    """A line of text, one unit high (the em). `cap` is the height of a capital letter."""

    glyphs: tuple[Glyph, ...]
    width: float
    cap: float


def font_key(name: str) -> str:
    """The key of a font by key or name, capitals or not; "" is the default. Raises BadInput with the names."""
    wanted = name.strip().casefold().replace(" ", "-")
    if not wanted:
        return DEFAULT
    if wanted not in FONTS:
        raise BadInput(f"There is no font “{name}”; choose one of {', '.join(FONTS.values())}.")
    return wanted


def line_of(text: str, font: str, tracking: float = 0.0) -> Line:
    """Text as outlines, kerned; `tracking` is extra room between letters in ems.

    Raises BadInput for an unknown font, and for a letter that the font doesn't have.
    """
    faces = [_face(font_key(font), subset) for subset in _SUBSETS]
    glyphs: list[Glyph] = []
    x, before = 0.0, None
    for letter in text:
        face = next((face for face in faces if ord(letter) in face.names), None)
        if face is None:
            raise BadInput(f"The font {FONTS[font_key(font)]} has no “{letter}”; choose another font or leave it out.")
        name = face.names[ord(letter)]
        if before is not None and before[0] is face:
            x += face.kerning.get((before[1], name), 0) / face.em
        path, advance = face.glyph(name)
        glyphs.append(Glyph(path, x, advance))
        x += advance + tracking
        before = (face, name)
    return Line(tuple(glyphs), max(0.0, x - tracking), faces[0].cap)


@dataclass(frozen=True, eq=False)
class _Face:
    font: TTFont
    names: dict[int, str]
    em: float
    cap: float
    kerning: dict[tuple[str, str], int]
    drawn: dict[str, tuple[Path, float]]

    def glyph(self, name: str) -> tuple[Path, float]:
        if name not in self.drawn:
            glyphs: Any = self.font.getGlyphSet()
            path = Path()
            glyphs[name].draw(path.getPen(glyphSet=glyphs))
            flipped = clean(path.transform(1 / self.em, 0, 0, -1 / self.em))
            self.drawn[name] = flipped, glyphs[name].width / self.em
        return self.drawn[name]


@lru_cache(maxsize=16)
def _face(key: str, subset: str) -> _Face:
    from fontTools.ttLib import TTFont

    font = TTFont(FOLDER / key / f"{subset}.woff", lazy=True)
    os2: Any = font["OS/2"]
    em = float(font["head"].unitsPerEm)  # pyright: ignore[reportAttributeAccessIssue]
    cap = float(getattr(os2, "sCapHeight", 0) or 0.7 * em)
    return _Face(font, dict(font.getBestCmap() or {}), em, cap / em, kerning_of(font), {})
