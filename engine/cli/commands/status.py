"""`status`: who is signed in where, and how far each shared project is. Connects to nobody."""

from __future__ import annotations

from engine.cli import exits
from engine.cli.cloud import open_desk, show_sync, sync_row
from engine.cli.context import Context, find_project


def run(context: Context) -> int:
    with open_desk(context) as desk:
        account, statuses = desk.account(), desk.status()
        if named := getattr(context.options, "project", None):
            wanted = find_project(context, named).id
            statuses = [one for one in statuses if one.project_id == wanted]
    console = context.console
    if console.as_json:
        who = None if account is None else {
            "server": account.server, "email": account.email, "name": account.name, "signed_in": account.signed_in,
            "kept_in": account.kept_in,
        }  # fmt: skip
        console.result({"account": who, "projects": [sync_row(one) for one in statuses]}, [])
        return exits.OK
    if account is None:
        print("Nobody is signed in, and nothing connects; `mascotforge login` signs in.")
    elif account.signed_in:
        print(f"{account.email} is signed in to {account.server}.")
    else:
        print(f"The sign-in of {account.email} at {account.server} has ended; `mascotforge login` signs in again.")
    if account is not None or statuses:
        show_sync(console, statuses, empty="That project is not shared." if named else "No project is shared.")
    return exits.OK
