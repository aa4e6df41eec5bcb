"""How often each model was used: the hashes that recipes in the gallery name, counted once and then kept up."""

from __future__ import annotations

import re
import threading
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, select

from engine.library.document_file import EXPORT
from engine.library.tables import generations

if TYPE_CHECKING:
    from engine.library.library import Library

_HASH = re.compile(r'"hash": ?"([0-9a-f]{64})"')
_MADE_WITH = re.compile(r'"model_hash": ?"([0-9a-f]{64})"')
_OWNED = re.compile(rb'"lora_hash": ?"([0-9a-f]{64})"')
_PAGE = 5000


@dataclass
class ModelUses:
    """`counts`: BLAKE3 of a model → how many results name it. `first_pictures`: → blob of the first picture."""

    counts: dict[str, int] = field(default_factory=dict[str, int])
    first_pictures: dict[str, str] = field(default_factory=dict[str, str])
    seen: str = ""


_known: WeakKeyDictionary[Library, ModelUses] = WeakKeyDictionary()
_lock = threading.Lock()


def model_uses(library: Library) -> ModelUses:
    """The uses in a library's gallery, the trash included. Reads only what came since the last call."""
    with _lock:
        uses = _known.setdefault(library, ModelUses())
        while library.database.read(lambda connection: _count(connection, uses)) == _PAGE:
            pass
        return uses


def characters_with(library: Library) -> Counter[str]:
    """BLAKE3 of a LoRA → how many characters have it as their own, by the documents' exports."""
    owned: Counter[str] = Counter()
    for export in library.layout.projects.glob(f"*/{EXPORT}"):
        with suppress(OSError):
            owned.update(found.decode() for found in _OWNED.findall(export.read_bytes()))
    return owned


def _count(connection: Connection, uses: ModelUses) -> int:
    table = generations.c
    rows = connection.execute(
        select(table.id, table.recipe, table.blob, table.role, table.artifact)
        .where(table.id > uses.seen, table.recipe.is_not(None))
        .order_by(table.id)
        .limit(_PAGE)
    ).all()
    for row in rows:
        uses.seen = row.id
        # A recipe that names its checkpoint by name alone was made with the one that the engine noted.
        for content in {*_HASH.findall(row.recipe), *_MADE_WITH.findall(row.artifact)}:
            uses.counts[content] = uses.counts.get(content, 0) + 1
            if row.role == "picture":
                uses.first_pictures.setdefault(content, row.blob)
    return len(rows)
