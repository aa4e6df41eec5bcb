"""`login`: sign in with a password, in the browser, or with an API key; sign up with --new."""

from __future__ import annotations

import getpass
import sys
from typing import TYPE_CHECKING

from engine.cli import exits
from engine.cli.cloud import open_desk
from engine.cli.context import Context
from engine.protocol.errors import AddressUnconfirmed, BadInput, SecondFactorNeeded

if TYPE_CHECKING:
    from engine.cloud.desk import CloudDesk
    from engine.cloud.records import Account

DEFAULT_SERVER = "http://127.0.0.1:8765"


def run(context: Context) -> int:
    options = context.options
    with open_desk(context) as desk:
        known = desk.account()
        server: str = options.server or (known.server if known else _last_server(context))
        if options.new:
            return _sign_up(context, desk, server)
        if options.mail_again:
            return _mail_again(context, desk, server, known)
        if options.confirm:
            desk.confirm(server, options.confirm)
        if options.api_key:
            account = desk.sign_in_with_key(server, _secret("API key: "))
        elif options.provider:
            context.console.note("Your browser opens; sign in there. Ctrl-C gives up.")
            account = desk.sign_in_with(server, options.provider)
        else:
            account = _with_password(context, desk, server, known)
    context.console.result(
        {"server": account.server, "email": account.email, "name": account.name, "kept_in": account.kept_in},
        [f"Signed in to {account.server} as {account.email}.", account.kept_in],
    )
    return exits.OK


def _last_server(context: Context) -> str:
    """Where the library's projects are shared, when nobody is signed in."""
    return next((one.server for one in context.library.shared.all()), DEFAULT_SERVER)


def _sign_up(context: Context, desk: CloudDesk, server: str) -> int:
    email = _email(context, None)
    desk.sign_up(server, email, _password(context), context.options.name)
    return _mail_is_coming(context, server, email)


def _mail_again(context: Context, desk: CloudDesk, server: str, known: Account | None) -> int:
    email = _email(context, known)
    desk.send_mail_again(server, email)
    return _mail_is_coming(context, server, email)


def _mail_is_coming(context: Context, server: str, email: str) -> int:
    sentence = (
        f"A mail is on its way to {email}; open its link and run `mascotforge login`, or give its code with "
        "`mascotforge login --confirm CODE`."
    )
    context.console.result({"server": server, "email": email, "mail_sent": True}, [sentence])
    return exits.OK


def _with_password(context: Context, desk: CloudDesk, server: str, known: Account | None) -> Account:
    email, password = _email(context, known), _password(context)
    try:
        return desk.sign_in(server, email, password, context.options.code)
    except AddressUnconfirmed as error:
        raise AddressUnconfirmed(
            f"{email} isn't confirmed yet: open the link in the mail, or give its code with `mascotforge login "
            "--confirm CODE`; `mascotforge login --mail-again` lets it be sent once more."
        ) from error
    except SecondFactorNeeded:
        if context.options.code or not sys.stdin.isatty():
            raise
    code = input("Code of your authenticator app, or a recovery code: ")
    return desk.sign_in(server, email, password, code.replace(" ", ""))


def _email(context: Context, known: Account | None) -> str:
    given: str | None = context.options.email or (known.email if known else None)
    if given:
        return given
    if not sys.stdin.isatty():
        raise BadInput("Say who signs in with --email.")
    return input("E-mail: ").strip()


def _password(context: Context) -> str:
    if not context.options.password_stdin and not sys.stdin.isatty():
        raise BadInput("There is no terminal to ask for the password; pass it on standard input with --password-stdin.")
    return _secret("Password: ")


def _secret(prompt: str) -> str:
    """Typed unseen on a terminal, else the first line of standard input. Raises BadInput when there is none."""
    text = getpass.getpass(prompt) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    if not text:
        raise BadInput(f"No {prompt.rstrip(': ')} was given.".replace("Password", "password"))
    return text
