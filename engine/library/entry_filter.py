"""What to look for in the gallery, as data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class EntryFilter:
    """Every part that is set must hold. `project_id` None means every project that is not in the trash; `roles` None
    means all. `text` is looked for in prompts, names, tags and notes; `rating` is the least one; `since` and `until`
    are aware times, `until` not included.
    """

    project_id: str | None = None
    roles: tuple[str, ...] | None = None
    text: str = ""
    favourites: bool = False
    trashed: bool = False
    tags: tuple[str, ...] = ()
    rating: int = 0
    model: str = ""
    lora: str = ""
    style: str = ""
    character: str = ""
    colour: str = ""
    seed: int | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def facets(self) -> tuple[tuple[str, str], ...]:
        """What must be known of an entry, as (kind, name)."""
        single = [(kind, str(getattr(self, kind))) for kind in ("model", "lora", "style", "character", "colour")]
        return tuple((kind, name) for kind, name in single if name) + tuple(("tag", tag) for tag in self.tags)

    @property
    def narrows(self) -> bool:
        """Whether anything but place, kind and trash is asked for."""
        plain = EntryFilter(project_id=self.project_id, roles=self.roles, trashed=self.trashed)
        return self != plain
