"""Ends a program that looks up or connects to another machine. Python imports this at its start from PYTHONPATH."""

import os
import sys

_HERE = ("127.0.0.1", "::1", "localhost", None, "")


def _guard(event, arguments):
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event == "socket.connect" and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    if isinstance(host, bytes):
        host = host.decode()
    if host not in _HERE:
        sys.stderr.write(f"a connection to {host} was tried\n")
        sys.stderr.flush()
        os._exit(97)


sys.addaudithook(_guard)
