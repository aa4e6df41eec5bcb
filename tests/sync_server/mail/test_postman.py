"""Mails leave once they are durable, survive a restart, and are tried again when the mail server is away."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from sync_server.config import ServerConfig
from sync_server.database.base import now
from sync_server.database.database import Database
from sync_server.database.schema import prepare
from sync_server.mail.models import OutgoingMail
from sync_server.mail.outbox import send_mail
from sync_server.mail.postman import Postman
from sync_server.mail.transports import Console, Smtp, Transport, Undeliverable, message_of
from sync_server.state import ServerState
from tests.sync_server.running import Mailbox

SENDER = "MascotForge <noreply@example.org>"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'server.db'}")
    prepare(database)
    yield database
    database.close()


@contextmanager
def post_office(database: Database, transport: Transport) -> Iterator[ServerState]:
    """A server's state with a postman at work."""
    state = ServerState(ServerConfig(), database)
    postman = Postman(database, transport, first_wait_s=0.1)
    state.add(postman)
    postman.start()
    try:
        yield state
    finally:
        postman.close()


def send(state: ServerState, recipient: str, *, unsubscribe: str = "") -> None:
    with state.database.write() as session:
        send_mail(state, session, recipient, "known_address", name="Ada", unsubscribe=unsubscribe)


def waiting(database: Database) -> list[OutgoingMail]:
    with database.read() as session:
        return list(session.scalars(select(OutgoingMail)))


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def test_a_mail_is_sent_with_both_bodies_and_leaves_the_outbox(database: Database, mailbox: Mailbox) -> None:
    with post_office(database, Smtp(f"smtp://127.0.0.1:{mailbox.port}", SENDER)) as state:
        send(state, "ada@example.org", unsubscribe="https://example.org/stop?token=1")
        mail = mailbox.wait("ada@example.org")
        until(lambda: not waiting(database))
    assert mail["From"] == SENDER
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] == "<https://example.org/stop?token=1>"
    assert {part.get_content_type() for part in mail.iter_parts()} == {"text/plain", "text/html"}


def test_a_mail_of_a_transaction_that_fails_is_never_sent(database: Database, mailbox: Mailbox) -> None:
    with post_office(database, Smtp(f"smtp://127.0.0.1:{mailbox.port}", SENDER)) as state:
        with pytest.raises(RuntimeError), state.database.write() as session:
            send_mail(state, session, "ada@example.org", "known_address", name="Ada")
            session.flush()
            raise RuntimeError
        send(state, "bob@example.org")
        mailbox.wait("bob@example.org")
    assert mailbox.to("ada@example.org") == []


def test_a_mail_waits_for_a_mail_server_that_is_away_also_over_a_restart(database: Database, mailbox: Mailbox) -> None:
    with post_office(database, Smtp(f"smtp://127.0.0.1:{free_port()}", SENDER)) as state:
        send(state, "ada@example.org")
        until(lambda: bool((mails := waiting(database)) and mails[0].tries >= 2))
    assert "refused" in waiting(database)[0].last_error
    with post_office(database, Smtp(f"smtp://127.0.0.1:{mailbox.port}", SENDER)):
        mailbox.wait("ada@example.org")
        until(lambda: not waiting(database))


def test_a_mail_claimed_by_a_process_that_died_is_sent_by_another(database: Database, mailbox: Mailbox) -> None:
    with post_office(database, Smtp(f"smtp://127.0.0.1:{free_port()}", SENDER)) as state:
        send(state, "ada@example.org")
    with database.write() as session:
        for mail in session.scalars(select(OutgoingMail)):
            mail.next_try_at = now()
            mail.claimed_until = now() + timedelta(seconds=0.5)
    with post_office(database, Smtp(f"smtp://127.0.0.1:{mailbox.port}", SENDER)):
        time.sleep(0.2)
        assert mailbox.to("ada@example.org") == []
        mailbox.wait("ada@example.org")


def test_two_postmen_send_each_mail_once(database: Database, mailbox: Mailbox) -> None:
    way_out = Smtp(f"smtp://127.0.0.1:{mailbox.port}", SENDER)
    with post_office(database, way_out) as state, post_office(database, way_out):
        for number in range(12):
            send(state, f"person{number}@example.org")
        until(lambda: not waiting(database))
    assert len(mailbox.messages) == 12


class Refusing:
    """A way out that refuses for good."""

    def send(self, mail: OutgoingMail) -> None:
        raise Undeliverable("no such person", for_ever=True)


def test_a_mail_that_can_never_arrive_is_given_up_and_kept_with_its_error(database: Database) -> None:
    with post_office(database, Refusing()) as state:
        send(state, "nobody@example.org")
        until(lambda: bool((mails := waiting(database)) and mails[0].failed_at is not None))
    assert waiting(database)[0].last_error == "no such person"


def test_a_mail_tried_twice_keeps_its_id() -> None:
    mail = OutgoingMail(id="1", recipient="a@example.org", subject="s", text="t", html="h", unsubscribe="")
    assert message_of(mail, SENDER)["Message-ID"] == message_of(mail, SENDER)["Message-ID"] == "<1@example.org>"


def test_without_a_mail_server_mails_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    Console().send(OutgoingMail(id="1", recipient="a@example.org", subject="Hello", text="the link\n", html=""))
    assert capsys.readouterr().out.splitlines()[:4] == ["--- mail to a@example.org", "Subject: Hello", "", "the link"]


@pytest.mark.parametrize("url", ["http://mail", "smtp://", "mail:25", ""])
def test_a_mail_server_written_wrongly_is_said_at_the_start(url: str) -> None:
    with pytest.raises(ValueError, match="smtp://host:port"):
        Smtp(url, SENDER)


class Stubborn:
    """The handler of a mail server that takes nothing, for one of two reasons."""

    def __init__(self, reply: str) -> None:
        self.reply = reply

    async def handle_RCPT(self, _server: object, _session: object, envelope: Any, address: str, _: object) -> str:
        if self.reply.startswith("rcpt"):
            return self.reply.removeprefix("rcpt ")
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, *_: object) -> str:
        return self.reply


@contextmanager
def stubborn(reply: str) -> Iterator[int]:
    controller = Controller(Stubborn(reply), hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop(no_assert=True)


def mail_to_ada() -> OutgoingMail:
    return OutgoingMail(id="1", recipient="ada@example.org", subject="s", text="t", html="<p>t</p>", unsubscribe="")


@pytest.mark.parametrize(
    ("reply", "for_ever"),
    [
        ("rcpt 550 no such mailbox", True),
        ("rcpt 450 mailbox is busy", False),
        ("452 too many mails", False),
        ("554 we don't like it", False),
    ],
)
def test_what_a_mail_server_refuses_is_told_and_only_an_unknown_mailbox_is_for_ever(reply: str, for_ever: bool) -> None:
    with stubborn(reply) as port, pytest.raises(Undeliverable) as refused:
        Smtp(f"smtp://127.0.0.1:{port}", SENDER).send(mail_to_ada())
    assert refused.value.for_ever is for_ever
    assert "127.0.0.1" in str(refused.value)


@pytest.mark.parametrize("url", ["smtps://127.0.0.1:{}", "smtp://ada:secret@127.0.0.1:{}"])
def test_a_mail_server_that_lacks_what_was_asked_for_is_told_without_the_password(url: str, mailbox: Mailbox) -> None:
    """No TLS where `smtps` asks for it, no sign-in where a user is named: nothing is sent in the open."""
    with pytest.raises(Undeliverable) as refused:
        Smtp(url.format(mailbox.port), SENDER).send(mail_to_ada())
    assert "secret" not in str(refused.value) and not refused.value.for_ever
    assert mailbox.messages == []
