"""`logout`: sign out here, or everywhere; what isn't sent yet is told, and on a terminal it can go first."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine.cli import exits
from engine.cli.cloud import open_desk
from engine.cli.context import Context
from engine.cloud.records import unsent_words

if TYPE_CHECKING:
    from engine.cloud.desk import CloudDesk
    from engine.cloud.records import SyncStatus


def run(context: Context) -> int:
    everywhere: bool = context.options.everywhere
    with open_desk(context) as desk:
        account = desk.account()
        if account is None:
            context.console.result({"signed_out": False}, ["Nobody is signed in."])
            return exits.OK
        left = _send_first(context, desk)
        if everywhere:
            desk.sign_out_everywhere()
        else:
            desk.sign_out()
    where = "on all devices" if everywhere else "here"
    said = [f"{account.email} is signed out {where}. Everything stays in the library."]
    if left:
        said.append(f"{unsent_words(left)} for the next sign-in of {account.email}.")
    done = {"signed_out": True, "everywhere": everywhere, "email": account.email}
    context.console.result(done | {"waiting": sum(one.waiting for one in left)}, said)
    return exits.OK


def _send_first(context: Context, desk: CloudDesk) -> Sequence[SyncStatus]:
    """Offer to send what waits; returns what still does."""
    left = desk.unsent()
    if not left or not desk.session.is_signed_in:
        return left
    if not context.options.send:
        if context.console.as_json or not sys.stdin.isatty():
            return left
        if input(f"{unsent_words(left)} to be sent. Send now? [Y/n] ").strip().casefold() in ("n", "no"):
            return left
    for one in left:
        desk.sync(one.project_id)
    return desk.unsent()
