"""The scanner's protocol, spoken with a socket server that answers as clamd does."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync_server.scanning.clamd import Clamd, ScanState

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class ClamdLike(socketserver.StreamRequestHandler):
    """INSTREAM as clamd documents it, with a limit of a megabyte."""

    def handle(self) -> None:
        assert self.rfile.read(10) == b"zINSTREAM\0"
        data = b""
        while size := struct.unpack(">I", self.rfile.read(4))[0]:
            data += self.rfile.read(size)
        if len(data) > 2**20:
            self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
        elif EICAR in data:
            self.wfile.write(b"stream: Win.Test.EICAR_HDB-1 FOUND\0")
        else:
            self.wfile.write(b"stream: OK\0")


@pytest.fixture(params=["tcp", "unix"])
def clamd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Clamd]:
    if request.param == "tcp":
        server: socketserver.BaseServer = socketserver.ThreadingTCPServer(("127.0.0.1", 0), ClamdLike)
        address = f"127.0.0.1:{server.server_address[1]}"
    else:
        address = str(tmp_path / "clamd")
        server = socketserver.ThreadingUnixStreamServer(address, ClamdLike)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Clamd(address, timeout_s=5)
    server.shutdown()
    server.server_close()


def test_clean_and_infected(clamd: Clamd) -> None:
    assert clamd.scan([b"a mascot" * 1000, b"more"]) == ScanState.CLEAN
    assert clamd.scan([b"x" * 300_000, EICAR]) == ScanState.INFECTED


def test_an_answer_that_is_not_plainly_ok_is_never_clean(clamd: Clamd) -> None:
    assert clamd.scan([b"x" * 2**21]) == ScanState.UNSCANNED


def test_a_scanner_that_does_not_answer_is_never_clean(tmp_path: Path) -> None:
    assert Clamd("127.0.0.1:9", timeout_s=1).scan([b"a mascot"]) == ScanState.UNSCANNED
    assert Clamd(str(tmp_path / "nothing"), timeout_s=1).scan([b"a mascot"]) == ScanState.UNSCANNED
    assert Clamd("").scan([b"a mascot"]) == ScanState.UNSCANNED
