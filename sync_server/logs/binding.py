"""Whose edits are these? A Loro peer belongs to the person who pushed its first edits.

Loro knows an edit by its peer and counter, and takes the first that comes under a name as the only one. Whoever pushed
edits under a teammate's peer could thus take the place of edits which that teammate has made offline and not pushed
yet: they would be dropped everywhere without a word. So new edits (beyond the known counter) of another person's peer
are refused. A replica takes a fresh peer each time it opens a document; a peer is bound to the person and not to the
device, because the same person's library may be copied to another machine.

Edits that the server knows already are nobody's concern: everyone pushes what others made when a version vector is a
little behind, and nothing of it is new.

After a restore the server lacks edits that some teammates still have. For 30 days what others made may be given back by
anyone who may edit; who made it is then not known, and the log says who returned it. A peer that first comes back this
way stays unclaimed: its real owner's replica may still be open and go on with it. It is claimed by the next person who
pushes new edits of it in the ordinary way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sync_server.logs.frames import Spans
from sync_server.problems import Forbidden


@dataclass(frozen=True)
class Owned:
    """None: given back by someone, owner unknown."""

    user_id: str | None
    counter: int


def really_new(spans: Spans, known: Mapping[str, Owned]) -> Spans:
    """What of it the log has not yet, another process' entries included."""
    result: Spans = {}
    for peer, (first, end) in spans.items():
        start = max(first, known[peer].counter if peer in known else 0)
        if end > start:
            result[peer] = (start, end)
    return result


def is_return(spans: Spans, known: Mapping[str, Owned], user_id: str, *, asked: bool, allowed: bool) -> bool:
    """Whether this gives back what others had made. Raises Forbidden for another's edits out of season."""
    foreign = [peer for peer in spans if peer in known and known[peer].user_id not in (None, user_id)]
    if foreign and not allowed:
        raise Forbidden(
            "These edits are signed as another person's (peer "
            f"{foreign[0]}); close the project, open it again, and wait for that person's own sync."
        )
    return allowed and (asked or bool(foreign))
