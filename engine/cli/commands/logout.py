"""`logout`: sign out here, or everywhere."""

from __future__ import annotations

from engine.cli import exits
from engine.cli.cloud import open_desk
from engine.cli.context import Context


def run(context: Context) -> int:
    everywhere: bool = context.options.everywhere
    with open_desk(context) as desk:
        account = desk.account()
        if account is None:
            context.console.result({"signed_out": False}, ["Nobody is signed in."])
            return exits.OK
        if everywhere:
            desk.sign_out_everywhere()
        else:
            desk.sign_out()
    where = "on all devices" if everywhere else "here"
    said = f"{account.email} is signed out {where}. Everything stays in the library."
    context.console.result({"signed_out": True, "everywhere": everywhere, "email": account.email}, [said])
    return exits.OK
