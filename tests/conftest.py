"""No test reaches for another machine: a look-up or a connection that is not to this one is an error."""

from __future__ import annotations

import sys
from typing import Any

_HERE = ("127.0.0.1", "::1", "localhost", "", None)


def _only_this_machine(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event == "socket.connect" and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    if (host.decode() if isinstance(host, bytes) else host) not in _HERE:
        raise RuntimeError(f"a test tried to connect to {host}")


sys.addaudithook(_only_this_machine)
