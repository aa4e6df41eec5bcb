"""Where styles lie: those that ship in `assets/styles`, the user's own in the library's `styles` folder."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from engine.blobs.files import translate_os_error, write_bytes
from engine.presets.style import Style
from engine.protocol.errors import BadInput, NotFound

SHIPPED = Path(__file__).resolve().parents[2] / "assets" / "styles"
OWN = "styles"
TRASH = ("trash", "styles")
STYLE, THUMBNAIL = "style.json", "thumbnail.webp"
_LONGEST = 60


def load(library_folder: Path | None) -> list[Style]:
    """All styles, the user's own first, each group by name; a damaged one is left out.

    An own style with a shipped one's id stands in its place. Without a library only what ships.
    """
    own = sorted(_read_all(library_folder / OWN, builtin=False), key=_by_name) if library_folder else []
    taken = {style.id for style in own}
    shipped = sorted((style for style in _read_all(SHIPPED, builtin=True) if style.id not in taken), key=_by_name)
    return [*own, *shipped]


def find(library_folder: Path | None, wanted: str) -> Style:
    """The style of that id or name, capitals or not. Raises NotFound with the names that there are."""
    styles = load(library_folder)
    fold = wanted.strip().casefold()
    for style in styles:
        if fold in (style.id.casefold(), style.name.casefold()):
            return style
    names = ", ".join(style.name for style in styles[:30])
    raise NotFound(f"There is no style “{wanted[:60]}”; the styles are {names}.")


def save(library_folder: Path, style: Style, thumbnail: bytes | None = None) -> Style:
    """Keep a style as the user's own, under its id, else one made from its name; `thumbnail` is a WebP file's bytes.

    Raises BadInput for a name without letters or digits, DiskFull, LibraryReadOnly.
    """
    id_ = style.id or _id_of(style.name)
    folder = library_folder / OWN / id_
    if thumbnail is not None:
        write_bytes(folder / THUMBNAIL, thumbnail)
    elif style.thumbnail and style.folder != folder:
        write_bytes(folder / THUMBNAIL, style.thumbnail.read_bytes())
    write_bytes(folder / STYLE, style.model_copy(update={"id": id_}).model_dump_json(indent=2).encode())
    return _read(folder / STYLE, builtin=False)


def remove(library_folder: Path, style_id: str) -> None:
    """Move an own style to the library's trash. Raises BadInput for one that ships, NotFound, LibraryReadOnly."""
    style = find(library_folder, style_id)
    if style.builtin:
        raise BadInput(f"The style “{style.name}” is built in and can't be removed.")
    _move(style.folder, library_folder.joinpath(*TRASH) / f"{time.time_ns()}-{style.id}")


def trashed(library_folder: Path) -> list[Style]:
    """Own styles in the trash, the latest first."""
    folders = sorted(library_folder.joinpath(*TRASH).glob(f"*/{STYLE}"), reverse=True)
    return [style for path in folders if (style := _try_read(path, builtin=False))]


def restore(library_folder: Path, style_id: str) -> Style:
    """Bring the latest trashed style of that id back. Raises NotFound, and BadInput when the id is taken again."""
    for style in trashed(library_folder):
        if style.id.casefold() == style_id.casefold():
            target = library_folder / OWN / style.id
            if target.exists():
                raise BadInput(f"You have another style “{style.id}” now; remove that one first.")
            _move(style.folder, target)
            return _read(target / STYLE, builtin=False)
    raise NotFound(f"No style “{style_id[:60]}” is in the trash.")


def _read_all(folder: Path, *, builtin: bool) -> Iterator[Style]:
    for path in sorted(folder.glob(f"*/{STYLE}")):
        if style := _try_read(path, builtin=builtin):
            yield style


def _try_read(path: Path, *, builtin: bool) -> Style | None:
    try:
        return _read(path, builtin=builtin)
    except (OSError, ValidationError):
        return None


def _read(path: Path, *, builtin: bool) -> Style:
    style = Style.model_validate_json(path.read_bytes())
    id_ = style.id or path.parent.name
    return style.model_copy(update={"id": id_, "builtin": builtin, "folder": path.parent})


def _by_name(style: Style) -> str:
    return style.name.casefold()


def _id_of(name: str) -> str:
    """Letters and digits in small letters, joined by hyphens: safe as a folder's name."""
    words = "".join(c if c.isalnum() else " " for c in name.casefold()).split()
    id_ = "-".join(words)[:_LONGEST].strip("-")
    if not id_:
        raise BadInput(f"“{name[:40]}” can't be a style's name; give it letters or digits.")
    return id_


def _move(source: Path, target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        source.replace(target)
    except OSError as error:
        raise translate_os_error(error, target) or error from error
