"""Where a request comes from. `X-Forwarded-For` counts only as far as it was written by proxies that we trust."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv6Address, ip_address, ip_network

from starlette.requests import HTTPConnection

IPV6_HOME_PREFIX = 64
"""One connection to the internet has this many bits of its own."""


def client_address(connection: HTTPConnection, trusted: Sequence[str]) -> str:
    """The nearest address that isn't a trusted proxy."""
    address = connection.client.host if connection.client else ""
    forwarded = [part.strip() for part in connection.headers.get("X-Forwarded-For", "").split(",")]
    while forwarded and _is_trusted(address, trusted) and (nearer := _parsed(forwarded.pop())) is not None:
        address = nearer
    return address[:64]


def counted_address(address: str) -> str:
    """What a rate limit counts: an IPv4 address, or the /64 network of an IPv6 one."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ip_network((parsed, IPV6_HOME_PREFIX), strict=False))


def _is_trusted(address: str, trusted: Sequence[str]) -> bool:
    try:
        parsed = ip_address(address)
        return any(parsed in ip_network(one, strict=False) for one in trusted)
    except ValueError:
        return address in trusted


def _parsed(address: str) -> str | None:
    try:
        return str(ip_address(address))
    except ValueError:
        return None
