"""What the user notes about an entry: favourite, rating, tags, name, note. Of two notes the later one stands.

On which all replicas agree: the greater stamp stands, and of equal stamps (a copied library) the greater value.
A note made here is always later than the one it replaces, whatever the clocks say.

Each tag is a label of its own, `tag:<tag>`, so that two people who tag one entry apart keep both their tags. Until the
fifth revision of the library the label `tags` said the whole list: it still counts for every tag that has no later
label of its own, so older libraries and older programs' facts need no rewriting.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from pydantic import JsonValue
from sqlalchemy import Connection, and_, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from engine.library import search
from engine.library.database import Database, Write
from engine.library.facets import replace_facets
from engine.library.stamps import stamp_after
from engine.library.tables import facets, labels, shelf
from engine.protocol.errors import BadInput, NotFound

MAX_RATING = 5
MAX_TAG_CHARACTERS = 60
MAX_NAME_CHARACTERS = 120
MAX_NOTE_CHARACTERS = 4000
MAX_LABEL_CHARACTERS = 64
TAG, ALL_TAGS = "tag:", "tags"
ON_THE_SHELF = ("favourite", "rating")
"""Labels that stand in a column and nowhere else."""
AT_ONCE = 500
KNOWN = ("favourite", "rating", "name", "note")


class Labels:
    def __init__(self, database: Database) -> None:
        self._database = database

    def set_favourite(self, entry_ids: Sequence[str], favourite: bool = True) -> None:
        """Raises NotFound."""
        self._set(entry_ids, "favourite", favourite)

    def set_rating(self, entry_ids: Sequence[str], rating: int) -> None:
        """0 (none) to 5. Raises BadInput, NotFound."""
        if not 0 <= rating <= MAX_RATING:
            raise BadInput(f"A rating is from 0 to {MAX_RATING}; you gave {rating}.")
        self._set(entry_ids, "rating", rating)

    def set_tags(self, entry_ids: Sequence[str], tags: Sequence[str]) -> None:
        """Exactly these tags; spaces around them and repeats are dropped. Raises BadInput, NotFound."""
        wanted = _clean_tags(tags)

        def work(write: Write) -> None:
            for entry_id in entry_ids:
                gone = [tag for tag in _tags_of(write.connection, entry_id) if tag not in wanted]
                _put_tags(write, entry_id, wanted, gone)

        self._database.write(work)

    def change_tags(self, entry_ids: Sequence[str], add: Sequence[str] = (), remove: Sequence[str] = ()) -> None:
        """Add and remove tags (those in any case), keeping each entry's others. Raises BadInput, NotFound."""
        wanted = _clean_tags(add)
        unwanted = {" ".join(tag.split()).casefold() for tag in remove}

        def work(write: Write) -> None:
            for entry_id in entry_ids:
                before = _tags_of(write.connection, entry_id)
                gone = [tag for tag in before if tag.casefold() in unwanted and tag not in wanted]
                _put_tags(write, entry_id, wanted, gone)

        self._database.write(work)

    def set_name(self, entry_ids: Sequence[str], name: str) -> None:
        """What to call a result; an empty name gives it back its own title. Raises BadInput, NotFound."""
        name = " ".join(name.split())
        if len(name) > MAX_NAME_CHARACTERS:
            raise BadInput(f"A name has at most {MAX_NAME_CHARACTERS} characters; this one has {len(name)}.")
        self._set(entry_ids, "name", name)

    def set_note(self, entry_ids: Sequence[str], note: str) -> None:
        """A few words for oneself. Raises BadInput, NotFound."""
        note = note.strip()
        if len(note) > MAX_NOTE_CHARACTERS:
            raise BadInput(f"A note has at most {MAX_NOTE_CHARACTERS:,} characters; this one has {len(note):,}.")
        self._set(entry_ids, "note", note)

    def all_tags(self) -> list[str]:
        """Every tag in use, in alphabetical order."""
        rows = self._database.read(
            lambda connection: (
                connection.execute(select(facets.c.name).where(facets.c.kind == "tag").distinct()).scalars().all()
            )
        )
        return sorted(rows, key=str.casefold)

    def _set(self, entry_ids: Sequence[str], name: str, value: JsonValue) -> None:
        self._database.write(lambda write: put_label(write, entry_ids, name, value))


def _clean_tags(tags: Sequence[str]) -> list[str]:
    clean = list(dict.fromkeys(tag for tag in (" ".join(tag.split()) for tag in tags) if tag))
    for tag in clean:
        if len(tag) > MAX_TAG_CHARACTERS:
            raise BadInput(f"A tag has at most {MAX_TAG_CHARACTERS} characters; shorten “{tag[:20]}…”.")
    return clean


def _put_tags(write: Write, entry_id: str, add: Sequence[str], remove: Sequence[str]) -> None:
    known = _tags_of(write.connection, entry_id)
    for tag in add:
        if tag not in known:
            put_label(write, [entry_id], TAG + tag, True)
    for tag in remove:
        put_label(write, [entry_id], TAG + tag, False)


def _tags_of(connection: Connection, entry_id: str) -> list[str]:
    """The tags that an entry's labels come to, in alphabetical order."""
    is_tag = or_(labels.c.name == ALL_TAGS, labels.c.name.startswith(TAG, autoescape=True))
    wanted = select(labels.c.name, labels.c.value, labels.c.stamp).where(labels.c.generation_id == entry_id, is_tag)
    found: dict[str, tuple[bool, str]] = {}
    listed, stamp = set[str](), ""
    for row in connection.execute(wanted):
        if row.name == ALL_TAGS:
            listed, stamp = {str(tag) for tag in json.loads(row.value)}, str(row.stamp)
        else:
            found[row.name.removeprefix(TAG)] = (json.loads(row.value) is True, str(row.stamp))
    later = {tag: has for tag, (has, at) in found.items() if at >= stamp}
    return sorted({tag for tag, has in later.items() if has} | (listed - set(later)), key=_alphabetical)


def _alphabetical(tag: str) -> tuple[str, str]:
    return tag.casefold(), tag


def put_label(write: Write, entry_ids: Sequence[str], name: str, value: JsonValue, stamp: str | None = None) -> None:
    """Set a label on entries. `stamp`, a UUIDv7, orders it among notes from elsewhere: an older one changes nothing.

    A label that this program doesn't know is kept and passed on. Raises NotFound.
    """
    if stamp is None and name in ON_THE_SHELF:
        _put_at_once(write, entry_ids, name, value)
        return
    connection = write.connection
    for entry_id in entry_ids:
        number = connection.execute(select(shelf.c.number).where(shelf.c.generation_id == entry_id)).scalar()
        if number is None:
            raise _not_here(entry_id)
        own = stamp or stamp_after(_latest(connection, entry_id, name))
        put = insert(labels).values(generation_id=entry_id, name=name, value=json.dumps(value), stamp=own)
        new = put.excluded
        later = put.on_conflict_do_update(
            index_elements=["generation_id", "name"],
            set_={"value": new.value, "stamp": new.stamp},
            where=or_(labels.c.stamp < new.stamp, and_(labels.c.stamp == new.stamp, labels.c.value < new.value)),
        )
        if connection.execute(later.returning(labels.c.stamp)).scalar() is not None:
            _show(write, entry_id, number, name, value)


def _put_at_once(write: Write, entry_ids: Sequence[str], name: str, value: JsonValue) -> None:
    """As `put_label`, a few statements for thousands: what is noted here is later than what it replaces."""
    connection = write.connection
    for start in range(0, len(entry_ids), AT_ONCE):
        some = list(dict.fromkeys(entry_ids[start : start + AT_ONCE]))
        same = and_(labels.c.generation_id == shelf.c.generation_id, labels.c.name == name)
        wanted = select(shelf.c.generation_id, labels.c.stamp).outerjoin(labels, same)
        found = connection.execute(wanted.where(shelf.c.generation_id.in_(some)))
        known = {row.generation_id: row.stamp for row in found}
        for entry_id in some:
            if entry_id not in known:
                raise _not_here(entry_id)
        put = insert(labels)
        later = put.on_conflict_do_update(
            index_elements=["generation_id", "name"],
            set_={"value": put.excluded.value, "stamp": put.excluded.stamp},
        )
        said = json.dumps(value)
        rows = [{"generation_id": id_, "name": name, "value": said, "stamp": stamp_after(known[id_])} for id_ in some]
        connection.execute(later, rows)
        connection.execute(update(shelf).where(shelf.c.generation_id.in_(some)).values({name: value}))
        for entry_id in some:
            write.changed("entry", entry_id)


def _not_here(entry_id: str) -> NotFound:
    return NotFound(f"There is no result {entry_id} in the gallery; it may have been erased.")


def _latest(connection: Connection, entry_id: str, name: str) -> str | None:
    """The stamp of what a new label of this name replaces."""
    names = (name, ALL_TAGS) if name.startswith(TAG) else (name,)
    known = select(func.max(labels.c.stamp)).where(labels.c.generation_id == entry_id, labels.c.name.in_(names))
    return connection.execute(known).scalar()


def _show(write: Write, entry_id: str, number: int, name: str, value: JsonValue) -> None:
    connection = write.connection
    if name == ALL_TAGS or name.startswith(TAG):
        tags = _tags_of(connection, entry_id)
        connection.execute(update(shelf).where(shelf.c.number == number).values(tags=json.dumps(tags)))
        replace_facets(connection, number, "tag", tags)
        search.relabel(connection, number, "tags", " ".join(tags))
    elif name in KNOWN:
        connection.execute(update(shelf).where(shelf.c.number == number).values({name: value}))
        if name in search.LABELS:
            search.relabel(connection, number, name, str(value))
    else:
        return
    write.changed("entry", entry_id)


def is_label(name: str, value: JsonValue) -> bool:
    """Whether a label from elsewhere can be shown: of the kind and within the limits that its name asks for. One with
    an unknown name can't be judged, and does no harm."""
    if len(name) > MAX_LABEL_CHARACTERS:
        return False
    if name.startswith(TAG):
        tag = name.removeprefix(TAG)
        return isinstance(value, bool) and tag != "" and tag == " ".join(tag.split()) and len(tag) <= MAX_TAG_CHARACTERS
    match name:
        case "favourite":
            return isinstance(value, bool)
        case "rating":
            return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_RATING
        case "tags":
            return isinstance(value, list) and all(
                isinstance(tag, str) and len(tag) <= MAX_TAG_CHARACTERS for tag in value
            )
        case "name":
            return isinstance(value, str) and len(value) <= MAX_NAME_CHARACTERS
        case "note":
            return isinstance(value, str) and len(value) <= MAX_NOTE_CHARACTERS
        case _:
            return True
