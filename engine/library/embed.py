"""A picture's recipe inside its PNG: an iTXt chunk of our own, and the two that other tools read.

The picture's identity is the blob before embedding: `without_recipe` gives back exactly those bytes.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from pydantic import JsonValue, ValidationError

from engine.protocol.errors import BadPicture
from engine.protocol.ids import canonical_json
from engine.protocol.recipes import AnimationRecipe, AnyRecipe, PictureRecipe, recipe_from_json

SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEYWORD = "mascotforge"
FORMAT = 1
MAX_RECIPE_BYTES = 1 << 20
_OURS = (KEYWORD, "parameters", "Description", "Software")
_MARK = "MascotForge"
_END = b"IEND"


@dataclass(frozen=True)
class EmbeddedRecipe:
    """`effective` is what the machine decided when the picture was made."""

    recipe: AnyRecipe
    effective: dict[str, JsonValue]


class _Chunk(NamedTuple):
    kind: bytes
    start: int
    """Offset of the chunk's length field in the file."""
    length: int
    """Bytes of its data; the whole chunk has 12 more."""


def embed_recipe(png: bytes, recipe: AnyRecipe, effective: dict[str, JsonValue]) -> bytes:
    """The PNG with the recipe inside, in place of an earlier one. Raises BadPicture when the bytes are not a PNG."""
    plain = without_recipe(png)
    content = {"format": FORMAT, "recipe": recipe.model_dump(mode="json"), "effective": effective}
    chunks = [_text_chunk(KEYWORD, canonical_json(content).decode()), _text_chunk("Software", _MARK)]
    source = recipe.source if isinstance(recipe, AnimationRecipe) else recipe
    if isinstance(source, PictureRecipe):
        chunks += [_text_chunk("Description", source.prompt), _text_chunk("parameters", _parameters(source))]
    header = next(_chunks(BytesIO(plain), "The picture"))
    place = header.start + 12 + header.length
    return plain[:place] + b"".join(chunks) + plain[place:]


def without_recipe(png: bytes) -> bytes:
    """The PNG as it was before embedding, byte for byte. Raises BadPicture when the bytes are not a PNG."""
    file = BytesIO(png)
    texts = [(chunk, _keyword(file, chunk)) for chunk in _chunks(file, "The picture") if chunk.kind == b"iTXt"]
    if all(keyword != KEYWORD for _, keyword in texts):
        return png
    kept, at = bytearray(), 0
    for chunk, keyword in texts:
        if keyword in _OURS:
            kept += png[at : chunk.start]
            at = chunk.start + 12 + chunk.length
    return bytes(kept + png[at:])


def read_recipe(source: Path | bytes) -> EmbeddedRecipe:
    """The recipe inside a PNG. Raises BadPicture: missing, empty, not a PNG, broken, or without a recipe."""
    if isinstance(source, bytes):
        return _read(BytesIO(source), "The picture")
    name = f"The picture {source}"
    try:
        with source.open("rb") as file:
            return _read(file, name)
    except FileNotFoundError as error:
        raise BadPicture(f"{name} does not exist; check its name and folder.") from error
    except IsADirectoryError as error:
        raise BadPicture(f"{name} is a folder; choose a PNG file in it.") from error
    except OSError as error:
        raise BadPicture(f"{name} can't be read ({error.strerror}); check its permissions.") from error


def _read(file: BinaryIO, name: str) -> EmbeddedRecipe:
    for chunk in _chunks(file, name):
        if chunk.kind != b"iTXt" or _keyword(file, chunk) != KEYWORD:
            continue
        if chunk.length > MAX_RECIPE_BYTES:
            raise BadPicture(
                f"{name} holds a recipe of {chunk.length:,} bytes, which is too large to be one of MascotForge."
            )
        file.seek(chunk.start)
        record = file.read(12 + chunk.length)
        if struct.pack(">I", zlib.crc32(record[4:-4])) != record[-4:]:
            raise BadPicture(f"{name} is damaged: the recipe inside does not match its checksum; use another copy.")
        return _parse(record[8:-4], name)
    raise BadPicture(f"{name} has no MascotForge recipe inside; only pictures saved with their recipe have one.")


def _parse(data: bytes, name: str) -> EmbeddedRecipe:
    # keyword \0, compressed?, method, language \0, translated keyword \0, text
    rest = data.partition(b"\0")[2]
    compressed, text = rest[:1] != b"\0", rest[2:].split(b"\0", 2)[-1]
    try:
        if compressed:
            text = zlib.decompressobj().decompress(text, MAX_RECIPE_BYTES)
        content: Any = json.loads(text)
        recipe = recipe_from_json(json.dumps(content["recipe"]))
        effective: Any = content.get("effective", {})
    except ValidationError as error:
        raise BadPicture(
            f"{name} holds a recipe that this MascotForge does not understand; a newer version may have made it.",
            details=str(error),
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, zlib.error) as error:
        raise BadPicture(
            f"{name} is damaged: the recipe inside can't be read; use another copy.", details=str(error)
        ) from error
    return EmbeddedRecipe(recipe, effective if isinstance(effective, dict) else {})


def _chunks(file: BinaryIO, name: str) -> Iterator[_Chunk]:
    """The chunks up to IEND. Raises BadPicture when the file is empty, not a PNG, or ends early."""
    size = file.seek(0, 2)
    file.seek(0)
    if size == 0:
        raise BadPicture(f"{name} is empty; use another copy.")
    if file.read(len(SIGNATURE)) != SIGNATURE:
        raise BadPicture(f"{name} is not a PNG file; choose one that MascotForge made.")
    at = len(SIGNATURE)
    kind = b""
    while kind != _END:
        file.seek(at)
        head = file.read(8)
        length = struct.unpack(">I", head[:4])[0] if len(head) == 8 else size
        kind = head[4:]
        if at + 12 + length > size or (at == len(SIGNATURE)) != (kind == b"IHDR"):
            raise BadPicture(f"{name} is a broken PNG: it is cut off or damaged; use another copy.")
        yield _Chunk(kind, at, length)
        at += 12 + length


def _keyword(file: BinaryIO, chunk: _Chunk) -> str:
    file.seek(chunk.start + 8)
    return file.read(min(80, chunk.length)).split(b"\0", 1)[0].decode("latin-1")


def _text_chunk(keyword: str, text: str) -> bytes:
    data = keyword.encode("latin-1") + b"\0\0\0\0\0" + text.encode("utf-8", "replace")
    record = b"iTXt" + data
    return struct.pack(">I", len(data)) + record + struct.pack(">I", zlib.crc32(record))


def _parameters(recipe: PictureRecipe) -> str:
    """The line that most picture tools show."""
    lines = [recipe.prompt]
    if recipe.negative:
        lines.append(f"Negative prompt: {recipe.negative}")
    lines.append(
        f"Steps: {recipe.steps}, CFG scale: {recipe.guidance:g}, Seed: {recipe.seed}, "
        f"Size: {recipe.width}x{recipe.height}, Model: {recipe.model.name}"
    )
    return "\n".join(lines)
