"""Whose address a request counts for."""

from __future__ import annotations

import pytest
from starlette.requests import HTTPConnection

from sync_server.http.address import client_address, counted_address


def seen(client: str | None, forwarded: str = "", trusted: tuple[str, ...] = ("10.0.0.0/8",)) -> str:
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    scope = {"type": "http", "headers": headers, "client": (client, 1) if client else None}
    return client_address(HTTPConnection(scope), trusted)


@pytest.mark.parametrize(
    ("client", "forwarded", "address"),
    [
        ("192.0.2.1", "", "192.0.2.1"),
        ("192.0.2.1", "203.0.113.1", "192.0.2.1"),
        ("10.0.0.1", "203.0.113.1", "203.0.113.1"),
        ("10.0.0.1", "6.6.6.6, 203.0.113.1", "203.0.113.1"),
        ("10.0.0.1", "203.0.113.1, 10.0.0.2", "203.0.113.1"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "not an address", "10.0.0.1"),
        ("10.0.0.1", "2001:db8::1", "2001:db8::1"),
        (None, "203.0.113.1", ""),
    ],
)
def test_only_what_trusted_proxies_wrote_is_believed(client: str | None, forwarded: str, address: str) -> None:
    assert seen(client, forwarded) == address


def test_a_proxy_may_be_trusted_by_its_name_on_a_socket() -> None:
    assert seen("proxy", "203.0.113.1", ("proxy",)) == "203.0.113.1"


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("", ""),
    ],
)
def test_an_ipv6_home_counts_as_one(address: str, counted: str) -> None:
    assert counted_address(address) == counted
