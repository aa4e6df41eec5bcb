"""How often one may try to sign in or have mails sent. Known and unknown accounts are counted alike."""

from __future__ import annotations

from sync_server.http.address import counted_address
from sync_server.limits.limiter import Limiter
from sync_server.state import ServerState

MAILS_PER_ADDRESS = "20/hour"
MAILS_PER_ACCOUNT = "5/hour"
FAILURES_HERE = "10/15 minutes"
"""Wrong passwords for one account from one address."""
FAILURES_PER_ACCOUNT = "60/15 minutes"
"""From all addresses: high, so that a stranger can't lock somebody out with a handful of tries."""
FAILURES_PER_ADDRESS = "60/15 minutes"

GUESSES = "60/15 minutes"
"""Tokens of mails tried from one address; they are too long to be guessed, but each costs a hash."""
EXPORTS = "6/hour"


def mail(state: ServerState, address: str, email: str) -> None:
    """Before a mail that anybody can ask for. Raises TooMany."""
    limiter = state.get(Limiter)
    limiter.hit("mails from", counted_address(address), MAILS_PER_ADDRESS)
    limiter.hit("mails to", email, MAILS_PER_ACCOUNT)


def check_login(state: ServerState, address: str, account: str) -> None:
    """Before a password or code is looked at. Raises TooMany."""
    for what, key, rate in _counts(address, account):
        state.get(Limiter).check(what, key, rate)


def failed_login(state: ServerState, address: str, account: str) -> None:
    """After a wrong password or code. Raises TooMany."""
    for what, key, rate in _counts(address, account):
        state.get(Limiter).hit(what, key, rate)


def guess(state: ServerState, address: str) -> None:
    """Before a password is hashed for whoever asks. Raises TooMany."""
    state.get(Limiter).hit("guesses", counted_address(address), GUESSES)


def export(state: ServerState, user_id: str) -> None:
    """Raises TooMany."""
    state.get(Limiter).hit("exports", user_id, EXPORTS)


def _counts(address: str, account: str) -> tuple[tuple[str, str, str], ...]:
    counted = counted_address(address)
    return (
        ("failures of account at", f"{account} {counted}", FAILURES_HERE),
        ("failures of account", account, FAILURES_PER_ACCOUNT),
        ("failures at", counted, FAILURES_PER_ADDRESS),
    )
