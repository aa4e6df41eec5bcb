"""No test reaches for another machine: a look-up or a connection that is not to this one is an error.

What the imports made is kept out of the garbage collector's sight: with a million objects of torch and Qt, one
collection takes longer than most tests.
"""

from __future__ import annotations

import gc
import signal
import sys
from typing import Any

import pytest

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

# A shell that starts something in the background has it ignore Ctrl-C, and every program it starts as well.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

_MANY_MODULES = 50
_frozen_at = 0


def _keep_imports_from_the_collector() -> None:
    global _frozen_at
    if len(sys.modules) >= _frozen_at + _MANY_MODULES:
        gc.collect()
        gc.freeze()
        _frozen_at = len(sys.modules)


def pytest_collection_finish() -> None:
    _keep_imports_from_the_collector()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    _keep_imports_from_the_collector()
