"""A figure as a clean SVG document: a view box, one path per shape, nothing else."""

from __future__ import annotations

from xml.sax.saxutils import escape

from pathops import Path, PathVerb

from engine.vector.figure import Figure

_LETTER = {PathVerb.MOVE: "M", PathVerb.LINE: "L", PathVerb.QUAD: "Q", PathVerb.CUBIC: "C"}


def svg(figure: Figure, title: str = "") -> str:
    """The document; `title` is what a screen reader says."""
    size = f'width="{number(figure.width)}" height="{number(figure.height)}"'
    box = f'viewBox="0 0 {number(figure.width)} {number(figure.height)}"'
    name = f"<title>{escape(title)}</title>\n" if title else ""
    shapes = "\n".join(f'<path fill="{fill.colour}" d="{path_data(fill.path)}"/>' for fill in figure.fills)
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {box}>\n{name}{shapes}\n</svg>\n'


def path_data(path: Path) -> str:
    """SVG path data with one decimal, relative, so that it stays short."""
    out: list[str] = []
    x = y = 0
    start = (0, 0)
    for verb, points in path:
        if verb is PathVerb.CLOSE:
            out.append("z")
            x, y = start
            continue
        tenths = [(round(px * 10), round(py * 10)) for px, py in points]
        if verb is PathVerb.MOVE:
            start = tenths[-1]
            out.append("M" + _joined([tenths[-1]], (0, 0)))
        elif tenths[-1] == (x, y) and verb is PathVerb.LINE:
            continue
        else:
            out.append(_LETTER[verb].lower() + _joined(tenths, (x, y)))
        x, y = tenths[-1]
    return "".join(out)


def number(value: float) -> str:
    """At most one decimal, no trailing zero."""
    return _tenths(round(value * 10))


def _joined(points: list[tuple[int, int]], origin: tuple[int, int]) -> str:
    """Numbers with a separator only where one is needed."""
    text = ""
    for px, py in points:
        for value in (px - origin[0], py - origin[1]):
            word = _tenths(value)
            text += word if not text or word.startswith("-") else f" {word}"
    return text


def _tenths(value: int) -> str:
    sign, value = ("-" if value < 0 else ""), abs(value)
    whole, rest = divmod(value, 10)
    if not rest:
        return f"{sign}{whole}" if value else "0"
    return f"{sign}{whole or ''}.{rest}"
