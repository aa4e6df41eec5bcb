"""The grammar of `login`, `logout`, `workspace`, `share`, `sync` and `status`."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import Any

ROLES = ("OWNER", "ADMIN", "MEMBER", "VIEWER")
Add = Callable[[str, str], argparse.ArgumentParser]


def add_cloud(add: Add, common: argparse.ArgumentParser) -> None:
    """The commands that work with an account; without one nothing connects."""
    _login(add("login", "sign in to a server, or sign up with --new"))
    logout = add("logout", "sign out; everything stays in the library")
    logout.add_argument("--everywhere", action="store_true", help="on all devices")
    logout.add_argument("--send", action="store_true", help="send first what waits (asked for on a terminal)")
    _workspace(add("workspace", "workspaces: who works on projects together"), common)
    _share(add("share", "put a project into a workspace, or a result onto a public page"))
    sync = add("sync", "send and fetch what shared projects have new")
    sync.add_argument("shared", nargs="?", metavar="PROJECT", help="name or id (default: all that are shared)")
    sync.add_argument("--watch", action="store_true", help="go on until Ctrl-C")
    sync.add_argument("--as-me", action="store_true", help="send in your name what waits of an account before yours")
    sync.add_argument("--originals", action="store_true", help="fetch all files in full and keep them here")
    add("status", "who is signed in, and how far each shared project is")


def _login(login: argparse.ArgumentParser) -> None:
    login.add_argument("--server", metavar="URL", help="default: the one of the last sign-in, else this machine's")
    login.add_argument("--email", help="asked for when it is missing")
    login.add_argument("--with", dest="provider", choices=["google", "github"], help="sign in in the browser")
    login.add_argument("--api-key", action="store_true", help="sign in with a key, asked for or on standard input")
    login.add_argument("--password-stdin", action="store_true", help="the password is on standard input")
    login.add_argument("--code", help="of the authenticator app, or a recovery code; asked for when it is needed")
    login.add_argument("--new", action="store_true", help="sign up; a mail with a link and a code follows")
    login.add_argument("--confirm", metavar="CODE", help="confirm the address with the code of that mail, then sign in")
    login.add_argument("--mail-again", action="store_true", help="let that mail be sent once more")
    login.add_argument("--name", default="", help="with --new: what others call you")


def _workspace(workspace: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    actions: Any = workspace.add_subparsers(dest="workspace_command", metavar="ACTION", required=True)

    def action(
        name: str, text: str, *arguments: tuple[str, str], aliases: Sequence[str] = ()
    ) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = actions.add_parser(
            name, parents=[common], help=text, description=f"{text}.", aliases=aliases
        )
        for argument, words in arguments:
            made.add_argument(argument, metavar=argument.upper(), help=words)
        return made

    which, who = ("workspace", "name or id"), ("person", "name, e-mail address or id")
    action("list", "your workspaces, and what you are invited to")
    action("create", "make a workspace", ("name", "what it is called"))
    action("rename", "give it another name", which, ("name", "what it is called from now on"))
    action("delete", "delete it on the server; copies of its projects stay with those who have them", which)
    action("members", "who belongs to it, and who is invited", which)
    invite = action("invite", "invite somebody by mail", which, ("email", "address"))
    invite.add_argument("--role", default="MEMBER", choices=ROLES[1:], type=str.upper, help="default: MEMBER")
    action("revoke", "take an invitation back", which, ("email", "address that was invited"))
    action("role", "give a member another role", which, who).add_argument(
        "role", choices=ROLES[1:], type=str.upper, help="what they may do from now on"
    )
    action("transfer", "make another member its owner", which, who)
    action("remove", "remove a member; copies on their machines stay", which, who)
    action("leave", "leave it; your copies stay", which)
    action("join", "accept an invitation", which, aliases=["accept"])
    action("decline", "decline an invitation", which)


def _share(share: argparse.ArgumentParser) -> None:
    share.add_argument("target", metavar="PROJECT|FILE|ID", help="a project; with --public a picture file or a result")
    what = share.add_mutually_exclusive_group(required=True)
    what.add_argument("--workspace", metavar="NAME", help="put the project into this workspace")
    what.add_argument("--stop", action="store_true", help="stop sharing the project; your copy stays")
    what.add_argument("--public", action="store_true", help="make a public page of it and print its address")
    what.add_argument("--unpublish", action="store_true", help="end its public page")
    share.add_argument("--title", default="", help="with --public: what the page is called")
