"""What people note about an installed add-on: its trigger words, a description, a picture."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from engine.blobs.files import translate_os_error, write_bytes
from engine.models.addon import RECORD, AddOn
from engine.protocol.errors import BadInput, BadPicture

MAX_WORDS, MAX_WORD_CHARACTERS, MAX_DESCRIPTION_CHARACTERS = 64, 120, 4000
PREVIEW_ENDINGS = (".png", ".webp", ".jpg", ".jpeg")


@dataclass(frozen=True)
class Annotation:
    """`preview` is a picture file; None leaves the one that is there."""

    trigger_words: tuple[str, ...] = ()
    description: str = ""
    preview: Path | None = None


def words_of(text: str) -> tuple[str, ...]:
    """Trigger words as people write them, with commas or lines between, each once."""
    words = (" ".join(word.split()) for word in text.replace("\n", ",").split(","))
    return tuple(dict.fromkeys(word for word in words if word))


def annotate(add_on: AddOn, record: Path, note: Annotation) -> None:
    """Write a note into the record folder of an add-on; the weights are not touched.

    Raises BadInput for what is too long or ships with the product, BadPicture, DiskFull, LibraryReadOnly.
    """
    if add_on.builtin:
        raise BadInput(f"“{add_on.name}” ships with MascotForge and can't be changed.")
    _refuse_too_long(note)
    changed = replace(add_on, trigger_words=note.trigger_words, description=note.description.strip())
    try:
        if note.preview is not None:
            _take_preview(note.preview, record)
        write_bytes(record / RECORD, changed.to_json())
    except OSError as error:
        raise translate_os_error(error, record / RECORD) or error from error


def _refuse_too_long(note: Annotation) -> None:
    if len(note.trigger_words) > MAX_WORDS or any(len(word) > MAX_WORD_CHARACTERS for word in note.trigger_words):
        raise BadInput(f"At most {MAX_WORDS} trigger words of {MAX_WORD_CHARACTERS} characters are kept; shorten them.")
    if len(note.description) > MAX_DESCRIPTION_CHARACTERS:
        raise BadInput(f"A description has at most {MAX_DESCRIPTION_CHARACTERS:,} characters; shorten it.")


def _take_preview(picture: Path, record: Path) -> None:
    from PIL import Image, UnidentifiedImageError

    ending = picture.suffix.lower()
    try:
        with Image.open(picture) as image:
            image.verify()
    except (OSError, UnidentifiedImageError, SyntaxError) as error:
        raise BadPicture(f"{picture} is not a picture that can be read; choose a PNG, JPEG or WebP file.") from error
    if ending not in PREVIEW_ENDINGS:
        raise BadPicture(f"{picture.name} can't be a preview; choose a PNG, JPEG or WebP file.")
    target = record / f"preview{ending}"
    aside = record / f".preview-new{ending}"
    shutil.copyfile(picture, aside)
    for other in PREVIEW_ENDINGS:
        (record / f"preview{other}").unlink(missing_ok=True)
    aside.replace(target)


def joined(words: Sequence[str]) -> str:
    """The other way round of `words_of`."""
    return ", ".join(words)
