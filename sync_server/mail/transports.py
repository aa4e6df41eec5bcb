"""The ways out for a mail: an SMTP server, or the console when none is configured."""

from __future__ import annotations

import smtplib
import ssl
import sys
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from functools import cached_property
from typing import Protocol
from urllib.parse import unquote, urlsplit

from sync_server.mail.models import OutgoingMail

TIMEOUT_S = 20.0
PERMANENT = 500
"""SMTP replies from here on say that trying again won't help."""


class Undeliverable(Exception):
    """The mail could not be handed over; `for_ever` when another try can't help."""

    def __init__(self, sentence: str, *, for_ever: bool = False) -> None:
        super().__init__(sentence)
        self.for_ever = for_ever


class Transport(Protocol):
    def send(self, mail: OutgoingMail) -> None:
        """Hand it over. Raises Undeliverable."""
        ...


class Console:
    """Prints the text, so that a server for oneself needs no mail server."""

    def send(self, mail: OutgoingMail) -> None:
        lines = (f"--- mail to {mail.recipient}", f"Subject: {mail.subject}", "", mail.text.rstrip(), "---")
        sys.stdout.write("\n".join(lines) + "\n")
        sys.stdout.flush()


class Smtp:
    """`smtp://user:password@host:port` (STARTTLS when the server offers it) or `smtps://…`."""

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError(f"The mail server must be written smtp://host:port or smtps://host:port, not “{url}”.")
        self._secure = parts.scheme == "smtps"
        self._host = parts.hostname
        self._port = parts.port or (465 if self._secure else 587)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._sender = sender

    def send(self, mail: OutgoingMail) -> None:
        try:
            with self._connected() as smtp:
                smtp.send_message(message_of(mail, self._sender))
        except smtplib.SMTPRecipientsRefused as error:
            code = max(code for code, _ in error.recipients.values())
            raise Undeliverable(f"{self._host} refused {mail.recipient}", for_ever=code >= PERMANENT) from error
        except smtplib.SMTPResponseException as error:
            said = (
                error.smtp_error.decode(errors="replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
            )
            raise Undeliverable(f"{self._host} answered {error.smtp_code} {said}") from error
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise Undeliverable(f"{self._host}: {error}") from error

    @cached_property
    def _trusted(self) -> ssl.SSLContext:
        """Reading the authorities takes longer than handing over a mail."""
        return ssl.create_default_context()

    def _connected(self) -> smtplib.SMTP:
        if self._secure:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=TIMEOUT_S, context=self._trusted)
        else:
            smtp = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT_S)
            smtp.ehlo()
            if smtp.has_extn("starttls"):
                smtp.starttls(context=self._trusted)
                smtp.ehlo()
        if self._user:
            smtp.login(self._user, self._password)
        return smtp


def message_of(mail: OutgoingMail, sender: str) -> EmailMessage:
    """The mail with both bodies and its headers."""
    name, address = parseaddr(sender)
    message = EmailMessage()
    message["From"] = Address(name, addr_spec=address)
    message["To"] = mail.recipient
    message["Subject"] = mail.subject
    message["Date"] = formatdate(usegmt=True)
    # The same mail tried twice keeps its id: receivers drop the second.
    message["Message-ID"] = f"<{mail.id}@{address.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    if mail.unsubscribe:
        message["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message
