"""Pair kerning out of a font's GPOS table (OpenType 1.9, lookup type 2, also behind extensions)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

_PAIR, _EXTENSION = 2, 9


def kerning_of(font: TTFont) -> dict[tuple[str, str], int]:
    """By how many font units the second glyph of a pair moves to the right (mostly less than 0)."""
    if "GPOS" not in font:
        return {}
    table: Any = font["GPOS"]
    wanted = {
        index
        for record in table.table.FeatureList.FeatureRecord
        if record.FeatureTag == "kern"
        for index in record.Feature.LookupListIndex
    }
    total: Counter[tuple[str, str]] = Counter()
    for index in sorted(wanted):
        pairs: dict[tuple[str, str], int] = {}
        for subtable in _pair_tables(table.table.LookupList.Lookup[index]):
            for pair, value in _pairs(subtable):
                # Within a lookup the first subtable that names a pair decides; lookups add up.
                pairs.setdefault(pair, value)
        total.update(pairs)
    return dict(total)


def _pair_tables(lookup: Any) -> Iterator[Any]:
    for subtable in lookup.SubTable:
        inner = subtable.ExtSubTable if lookup.LookupType == _EXTENSION else subtable
        if getattr(inner, "LookupType", _PAIR) == _PAIR:
            yield inner


def _pairs(table: Any) -> Iterator[tuple[tuple[str, str], int]]:
    first = table.Coverage.glyphs
    if table.Format == 1:
        for glyph, pair_set in zip(first, table.PairSet, strict=True):
            for record in pair_set.PairValueRecord:
                yield (glyph, record.SecondGlyph), _advance(record.Value1)
        return
    seconds: dict[int, list[str]] = {}
    for glyph, kind in table.ClassDef2.classDefs.items():
        seconds.setdefault(kind, []).append(glyph)
    for glyph in first:
        record = table.Class1Record[table.ClassDef1.classDefs.get(glyph, 0)]
        for kind, others in seconds.items():
            value = _advance(record.Class2Record[kind].Value1)
            if value:
                yield from (((glyph, other), value) for other in others)


def _advance(value: Any) -> int:
    return int(getattr(value, "XAdvance", 0) or 0) if value is not None else 0
