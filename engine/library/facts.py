"""The journal of a shared project's facts: what the server has, what waits for it, what this program can't read.

Own facts are written into it from generations, removals and labels when a sync begins, so that whatever works on the
library stays as it is. A fact's body is kept as it came: what this program doesn't understand is passed on unchanged.

A label's fact says its value and stamp; its id follows from them, so that copies of a library say the same fact.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from blake3 import blake3
from pydantic import JsonValue, ValidationError
from sqlalchemy import Connection, Row, and_, exists, func, select, update
from sqlalchemy.dialects.sqlite import insert

from engine.library.database import Write
from engine.library.tables import facts, generations, labels, removals
from engine.protocol.ids import canonical_json
from engine.protocol.sync import MAX_FACTS_AT_ONCE, Fact, RefusedFact

GENERATION, REMOVAL, LABEL = "generation", "removal", "label"

WAITING, OWED, KEPT, REFUSED, ERASED = "waiting", "owed", "kept", "refused", "erased"
"""Of a fact: it is new to the server; the server had it and has perhaps lost it; has it; doesn't want it; it was erased
here and must not come back."""

AT_ONCE = min(200, MAX_FACTS_AT_ONCE)
MAX_PUSH_BYTES = 1 << 20
_BASE = set(Fact.model_fields)


def collect(write: Write, project_id: str, thumbnails: Mapping[str, str] | None = None) -> int:
    """Note what was made, moved to the trash and labelled here since the last time; returns how many facts wait now.

    `thumbnails` gives the small picture's blob of an original's blob.
    """
    connection = write.connection
    for row in connection.execute(_new_generations(project_id)).all():
        body = {
            "artifact": json.loads(row.artifact),
            "recipe": None if row.recipe is None else json.loads(row.recipe),
            "job_id": row.job_id,
        }
        if small := (thumbnails or {}).get(row.blob):
            body["thumbnail"] = small
        _note(connection, project_id, row.id, GENERATION, row.id, "", row.created_at, body)
    for row in connection.execute(_new_removals(project_id)).all():
        body = {"generation_id": row.generation_id, "kind": row.kind}
        _note(connection, project_id, row.id, REMOVAL, row.generation_id, "", row.created_at, body)
    for row in connection.execute(_new_labels(project_id)).all():
        body = {
            "generation_id": row.generation_id,
            "name": row.name,
            "value": json.loads(row.value),
            "stamp": row.stamp,
        }
        mark = label_mark(row.name, row.stamp)
        id_ = f"{row.stamp}-{blake3(f'{row.generation_id} {mark}'.encode()).hexdigest()[:16]}"
        _note(connection, project_id, id_, LABEL, row.generation_id, mark, _time_of(row.stamp), body)
    return count_waiting(connection, project_id)


def new_generations(connection: Connection, project_id: str) -> Sequence[Row[Any]]:
    """Rows of `generations` that are not in the journal yet."""
    return connection.execute(_new_generations(project_id)).all()


def count_news(connection: Connection, project_id: str) -> int:
    """What was made and noted here since the journal was written last."""
    news = (_new_generations(project_id), _new_removals(project_id), _new_labels(project_id))
    return sum(
        int(connection.execute(select(func.count()).select_from(one.order_by(None).subquery())).scalar_one())
        for one in news
    )


def note_own(
    write: Write, project_id: str, id_: str, kind: str, subject: str, at: int, body: Mapping[str, Any]
) -> None:
    """Put a fact of one's own into the journal: it waits for the server."""
    _note(write.connection, project_id, id_, kind, subject, "", at, body)


def waiting(connection: Connection, project_id: str, *, returning: bool = False) -> list[Fact]:
    """The next facts for the server, as many as one push takes; generations come before what is said about them.

    With `returning` those that it had before: they say who their authors are.
    """
    wanted = select(facts).where(facts.c.project_id == project_id, facts.c.state == (OWED if returning else WAITING))
    wanted = wanted.order_by(facts.c.kind != GENERATION, facts.c.id).limit(AT_ONCE)
    found: list[Fact] = []
    size = 0
    for row in connection.execute(wanted):
        size += len(row.body)
        if found and size > MAX_PUSH_BYTES:
            break
        found.append(wire_fact(row, attributed=returning))
    return found


def wire_fact(row: Row[Any], *, attributed: bool = False) -> Fact:
    values: dict[str, Any] = {**json.loads(row.extra), "id": row.id, "kind": row.kind, "made_at": row.made_at}
    if attributed and row.author_id is not None:
        values |= {"author_id": row.author_id, "author_name": row.author_name}
    return Fact.model_validate({**values, "body": json.loads(row.body)})


def count_waiting(connection: Connection, project_id: str) -> int:
    wanted = select(func.count()).where(facts.c.project_id == project_id, facts.c.state.in_((WAITING, OWED)))
    return int(connection.execute(wanted).scalar_one())


def mark_kept(write: Write, fact_ids: Iterable[str]) -> None:
    """The server has them."""
    for id_ in fact_ids:
        _settle(write, id_, KEPT)


def mark_refused(write: Write, refused: Iterable[RefusedFact]) -> None:
    """The server doesn't want them; they stay here and are not sent again."""
    for one in refused:
        _settle(write, one.id, REFUSED)


def _settle(write: Write, fact_id: str, state: str) -> None:
    open_one = (facts.c.id == fact_id, facts.c.state.in_((WAITING, OWED)))
    write.connection.execute(update(facts).where(*open_one).values(state=state))


def let_all_wait(write: Write, project_id: str, *, owed: bool) -> None:
    """Nothing is known to be there until it is seen again. `owed`: the server had it before; else it is new there."""
    mine = facts.c.project_id == project_id
    connection = write.connection
    had = update(facts).where(mine, facts.c.state.in_((KEPT, OWED)))
    connection.execute(had.values(state=OWED if owed else WAITING, number=None))
    connection.execute(update(facts).where(mine, facts.c.state == REFUSED).values(state=WAITING, number=None))


def keep(write: Write, project_id: str, fact: Fact) -> bool:
    """Put a fact from the server into the journal; whether it is new here and has to be applied."""
    connection = write.connection
    known = connection.execute(select(facts.c.state, facts.c.project_id).where(facts.c.id == fact.id)).one_or_none()
    if known is not None:
        if known.project_id == project_id and known.state != ERASED:
            attested = {"author_id": fact.author_id, "author_name": fact.author_name, "number": fact.number}
            connection.execute(update(facts).where(facts.c.id == fact.id).values(state=KEPT, **attested))
        return False
    extra = {key: value for key, value in fact.model_dump(mode="json").items() if key not in _BASE}
    connection.execute(
        insert(facts).values(
            id=fact.id, project_id=project_id, kind=fact.kind, subject=subject_of(fact), mark=_mark_of(fact),
            made_at=fact.made_at, body=_text(fact.body), extra=_text(extra), author_id=fact.author_id,
            author_name=fact.author_name, number=fact.number, state=KEPT, applied=False,
        )
    )  # fmt: skip
    return True


def mark_applied(write: Write, fact_id: str) -> None:
    write.connection.execute(update(facts).where(facts.c.id == fact_id).values(applied=True))


def held(connection: Connection, project_id: str, subject: str | None = None) -> list[Fact]:
    """Facts that could not be applied when they came: about something not here yet, or of a kind not known yet."""
    wanted = select(facts).where(facts.c.project_id == project_id, facts.c.applied.is_(False), facts.c.state != ERASED)
    if subject is not None:
        wanted = wanted.where(facts.c.subject == subject)
    return [wire_fact(row) for row in connection.execute(wanted.order_by(facts.c.number, facts.c.id)).all()]


def forget_about(connection: Connection, generation_id: str) -> None:
    """An entry was erased: the journal keeps the ids of its facts, so that they don't come back, and nothing else."""
    about = (facts.c.id == generation_id) | (facts.c.subject == generation_id)
    gone = {"body": "{}", "extra": "{}", "mark": "", "author_name": "", "state": ERASED, "applied": True}
    connection.execute(update(facts).where(about).values(gone))


def is_erased(connection: Connection, generation_id: str) -> bool:
    wanted = select(facts.c.id).where(facts.c.id == generation_id, facts.c.state == ERASED)
    return connection.execute(wanted).scalar() is not None


def subject_of(fact: Fact) -> str:
    """The id of what the fact is about."""
    for key in ("generation_id", "comment_id"):
        if isinstance(found := fact.body.get(key), str):
            return found[:64]
    return fact.id


def label_mark(name: str, stamp: str) -> str:
    """What tells the labels of one entry apart."""
    return f"{name} {stamp}"


def _mark_of(fact: Fact) -> str:
    name, stamp = fact.body.get("name"), fact.body.get("stamp")
    return label_mark(name, stamp) if fact.kind == LABEL and isinstance(name, str) and isinstance(stamp, str) else ""


def _note(
    connection: Connection,
    project_id: str,
    id_: str,
    kind: str,
    subject: str,
    mark: str,
    at: int,
    body: Mapping[str, Any],
) -> None:
    fact = insert(facts).values(
        id=id_, project_id=project_id, kind=kind, subject=subject, mark=mark, made_at=at, body=_text(body), extra="{}",
        author_id=None, author_name="", state=WAITING, applied=True,
    )  # fmt: skip
    connection.execute(fact.on_conflict_do_nothing())


def _new_generations(project_id: str) -> Any:
    known = exists(select(facts.c.id).where(facts.c.id == generations.c.id))
    return select(generations).where(generations.c.project_id == project_id, ~known).order_by(generations.c.id)


def _new_removals(project_id: str) -> Any:
    known = exists(select(facts.c.id).where(facts.c.id == removals.c.id))
    mine = select(removals).join(generations, generations.c.id == removals.c.generation_id)
    return mine.where(generations.c.project_id == project_id, ~known).order_by(removals.c.id)


def _new_labels(project_id: str) -> Any:
    mark = labels.c.name + " " + labels.c.stamp
    same = and_(facts.c.subject == labels.c.generation_id, facts.c.kind == LABEL, facts.c.mark == mark)
    mine = select(labels).join(generations, generations.c.id == labels.c.generation_id)
    return mine.where(generations.c.project_id == project_id, ~exists(select(facts.c.id).where(same)))


def _time_of(stamp: str) -> int:
    return int(stamp[:8] + stamp[9:13], 16)


def _text(body: Mapping[str, JsonValue] | Mapping[str, Any]) -> str:
    return canonical_json(body).decode()


def read_fact(value: object) -> Fact | None:
    """A fact that came over the wire; None for a row that makes no sense at all, which must not stop the others."""
    try:
        return Fact.model_validate(value)
    except ValidationError:
        return None
