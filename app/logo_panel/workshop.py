"""The logo as it would be, made in the background: the source is read once, each step's result is kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from app.logo_panel.choices import Choices
from app.stage.subject import subject_of
from engine.protocol.errors import BadPicture
from engine.protocol.recipes import DrawingRecipe, LogoCrop, PictureFile

if TYPE_CHECKING:
    from engine.builder.draw import Drawing
    from engine.library.entries import Entry
    from engine.library.library import Library
    from engine.vector.crop import Rgba
    from engine.vector.figure import Figure
    from engine.vector.subject import Flat, Subject

DRAFT_SIDE, FINAL_SIDE = 448, 1024
"""Pixels at which a picture is traced while a control moves, and once it rests (as the export does)."""
PREVIEW_PX, DRAFT_PX = 900, 560
_KEPT = 12


@dataclass(frozen=True)
class Source:
    """What the logo is made of: a builder drawing, or a picture with the place of its head."""

    entry_id: str
    name: str
    recipe: DrawingRecipe | PictureFile
    drawing: Drawing | None = None
    rgba: Rgba | None = None
    joints: Mapping[str, tuple[float, float]] | None = None


@dataclass(frozen=True)
class Made:
    """A preview. `tiles` by variant, empty in a draft; `paths` and `size_bytes` are the vector file's."""

    full: QImage
    tiles: dict[str, QImage]
    colours: tuple[str, ...]
    paths: int
    size_bytes: int
    draft: bool


def read_source(entry: Entry, library: Library) -> Source:
    """Raises BadPicture or NotFound when the picture can't be read."""
    name = Path(entry.artifact.file_name).stem.replace("-", " ").capitalize()
    if isinstance(entry.recipe, DrawingRecipe):
        from engine.builder.draw import draw

        return Source(entry.id, name, entry.recipe, drawing=draw(entry.recipe.mascot))
    subject = subject_of(entry, library)
    library.blobs.read(entry.artifact.blob)
    rgba = _pixels(subject.picture)
    joints = _head_joints(rgba, subject.current_joints)
    return Source(entry.id, name, PictureFile(blob=entry.artifact.blob, joints=joints), rgba=rgba, joints=joints)


class Workshop:
    """Used by one background task at a time."""

    def __init__(self) -> None:
        self._subjects: OrderedDict[tuple[str, LogoCrop, int, int], Subject] = OrderedDict()
        self._flat: tuple[str, Flat] | None = None

    def draft(self, source: Source, choices: Choices) -> Made:
        """Quickly: the coloured logo alone."""
        return self._make(source, choices, DRAFT_SIDE)

    def final(self, source: Source, choices: Choices) -> Made:
        """As the export makes it, with all variants."""
        return self._make(source, choices, FINAL_SIDE)

    def _make(self, source: Source, choices: Choices, side: int) -> Made:
        from engine.vector.layout import lay_out
        from engine.vector.logo import forms_of
        from engine.vector.svg import svg

        layout = lay_out(self._subject(source, choices, side), choices.design)
        tiles: dict[str, QImage] = {}
        if side == FINAL_SIDE:
            forms = forms_of(layout)
            variants = {"full": layout.full, "one-colour": forms.mono, "inverted": forms.inverted}
            tiles = {name: image_of(figure) for name, figure in {**variants, "outline": forms.outline}.items()}
        full = tiles.get("full") or image_of(layout.full, DRAFT_PX)
        size = len(svg(layout.full).encode())
        return Made(full, tiles, layout.full.colours, len(layout.full.fills), size, side != FINAL_SIDE)

    def _subject(self, source: Source, choices: Choices, side: int) -> Subject:
        from engine.vector.subject import flat_of_drawing, subject_of_flat, subject_of_picture

        key = (source.entry_id, choices.crop, choices.colours, 0 if source.drawing else side)
        found = self._subjects.get(key)
        if found is None:
            if source.drawing is not None:
                if self._flat is None or self._flat[0] != source.entry_id:
                    self._flat = (source.entry_id, flat_of_drawing(source.drawing))
                found = subject_of_flat(self._flat[1], choices.crop, choices.colours)
            else:
                assert source.rgba is not None
                found = subject_of_picture(source.rgba, choices.crop, choices.colours, source.joints, side)
            self._subjects[key] = found
            while len(self._subjects) > _KEPT:
                self._subjects.popitem(last=False)
        self._subjects.move_to_end(key)
        return found


def image_of(figure: Figure, width: int = PREVIEW_PX) -> QImage:
    from engine.vector.render import png

    return QImage.fromData(png(figure, width))


def _pixels(path: Path) -> Rgba:
    import numpy as np
    from PIL import Image

    try:
        with Image.open(path) as picture:
            return np.asarray(picture.convert("RGBA")).copy()
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise BadPicture("This picture can't be read, so no logo can be made of it.", details=str(error)) from error


def _head_joints(rgba: Rgba, known: Mapping[str, tuple[float, float]] | None) -> dict[str, tuple[float, float]] | None:
    """The joints that are known, else the head as the outline shows it: the export cuts where the preview did."""
    from engine.vector.crop import head_axis

    if known:
        return dict(known)
    if not (rgba[..., 3] > 127).any():
        return None
    height, width = rgba.shape[:2]
    top, neck = head_axis(rgba[..., 3], None)
    return {"head_top": (top[0] / width, top[1] / height), "neck": (neck[0] / width, neck[1] / height)}
