"""The history of prompts, newest first."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert

from engine.library.clock import now_ms
from engine.library.database import Database, Write
from engine.library.tables import prompts

KEPT = 1000


class Prompts:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, text: str) -> None:
        """Remember a prompt; one that is known moves to the front. Blank text is ignored."""
        text = text.strip()
        if not text:
            return

        def work(write: Write) -> None:
            last = write.connection.execute(
                select(prompts.c.used_at).order_by(prompts.c.used_at.desc()).limit(1)
            ).scalar()
            at = max(now_ms(), (last or 0) + 1)
            put = insert(prompts).values(text=text, uses=1, used_at=at)
            write.connection.execute(
                put.on_conflict_do_update(index_elements=["text"], set_={"uses": prompts.c.uses + 1, "used_at": at})
            )
            kept = select(prompts.c.text).order_by(prompts.c.used_at.desc()).limit(KEPT)
            write.connection.execute(delete(prompts).where(prompts.c.text.not_in(kept)))
            write.changed("prompt", text)

        self._database.write(work)

    def recent(self, limit: int = 50, prefix: str = "") -> list[str]:
        """The latest prompts that start with `prefix`, newest first."""
        wanted = select(prompts.c.text).order_by(prompts.c.used_at.desc()).limit(limit)
        if prefix:
            wanted = wanted.where(prompts.c.text.istartswith(prefix, autoescape=True))
        return list(self._database.read(lambda connection: connection.execute(wanted).scalars().all()))

    def forget(self, text: str) -> None:
        def work(write: Write) -> None:
            write.connection.execute(delete(prompts).where(prompts.c.text == text))
            write.changed("prompt", text)

        self._database.write(work)
