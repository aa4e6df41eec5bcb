"""One file over HTTP: resumed by Range and If-Range, tried again when the connection breaks, checked at its end.

A file grows as `<place>.part`; what the server said about it (entity tag, length) lies beside in `<place>.part.json`.
"""

from __future__ import annotations

import errno
import hashlib
import json
import re
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.blobs.files import translate_os_error, write_bytes
from engine.downloads.addresses import host_of
from engine.downloads.net import Net, is_unknown_host, refuse_status, unreachable
from engine.downloads.plan import WantedFile
from engine.protocol.errors import Cancelled, DiskFull, DownloadFailed

if TYPE_CHECKING:
    import httpx

CHUNK_BYTES = 256 * 1024
SPARE_BYTES = 64 * 2**20
ROOM_EVERY_BYTES = 64 * 2**20
RETRIES = 6
"""In a row without a single new byte."""
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
MOST_CHANGES = 3

Stop = Callable[[], bool]
Told = Callable[[int, int | None], None]
"""Bytes that are there, bytes in all as far as known."""


@dataclass(frozen=True)
class Said:
    """What a server said about a file when its first byte came."""

    tag: str = ""
    size_bytes: int | None = None


class _Again(Exception):
    """This try ended too early; the next one goes on where it stopped."""

    def __init__(self, reason: str, after_s: float | None = None) -> None:
        super().__init__(reason)
        self.after_s = after_s


class _Changed(_Again):
    """Another file is there now: begin anew."""


class Transfer:
    """Fetches one file into `folder`. `stop()` is asked between chunks; `told(done, total)` hears of progress."""

    def __init__(
        self,
        net: Net,
        wanted: WantedFile,
        folder: Path,
        stop: Stop,
        told: Told,
        *,
        first_pause_s: float = FIRST_PAUSE_S,
    ) -> None:
        self._net, self._wanted = net, wanted
        self.target = folder / wanted.place
        self.part = self.target.with_name(f"{self.target.name}.part")
        self._notes = self.target.with_name(f"{self.target.name}.part.json")
        self._stop, self._told = stop, told
        self._first_pause_s = first_pause_s
        self._sha256 = wanted.sha256

    def run(self) -> Path:
        """The whole, checked file.

        Raises Cancelled when stopped (what came so far is kept), Offline, DiskFull, DownloadFailed with one sentence.
        """
        import httpx

        if self.target.is_file():
            return self.target
        tries = changes = 0
        while True:
            before = self._have()
            try:
                self._once()
                self._check()
                break
            except httpx.HTTPError as error:
                if not before and is_unknown_host(error):
                    # A name that worked a moment ago may work again; one that never did is most likely mistyped.
                    raise unreachable(self._host, error) from error
                failure, reason = _Again(str(error)), repr(error)
            except _Again as error:
                failure, reason = error, str(error)
            if isinstance(failure, _Changed):
                changes += 1
                self._forget()
                if changes >= MOST_CHANGES:
                    raise DownloadFailed(
                        f"{self._name} changes on {self._host} while it is downloaded; try again later.", details=reason
                    )
                continue
            tries = 1 if self._have() > before else tries + 1
            if tries > RETRIES:
                raise DownloadFailed(
                    f"The download of {self._name} from {self._host} stopped at {self._have():,} bytes and does not go "
                    "on; resume it later.",
                    details=reason,
                )
            self._wait(failure.after_s or min(LONGEST_PAUSE_S, self._first_pause_s * 2 ** (tries - 1)))
        self._notes.unlink(missing_ok=True)
        self.part.replace(self.target)
        return self.target

    # one try

    def _once(self) -> None:
        if self._stop():
            raise Cancelled(f"The download of {self._name} was stopped; what came is kept.")
        have, said = self._have(), self._said()
        if have and said.size_bytes == have:
            return
        if have and not (said.tag or self._sha256):
            # Nothing would show that the file behind the address is still the same.
            self._forget()
            have, said = 0, Said()
        headers = {"Range": f"bytes={have}-"} if have else {}
        if have and said.tag:
            headers["If-Range"] = said.tag
        with self._net.stream(self._wanted.url, headers) as response:
            total = self._begin(response, have, said)
            if total is not None and total == self._have():
                return
            self._receive(response, total)

    def _begin(self, response: httpx.Response, have: int, said: Said) -> int | None:
        """Judge the answer's head and make the part file ready for its body. Returns the whole length, if told."""
        status, headers = response.status_code, response.headers
        if status in (408, 429) or status >= 500:
            raise _Again(f"status {status}", _seconds(headers.get("retry-after", "")))
        refuse_status(status, self._wanted.url)
        self._learn_sha256(response)
        if status == 416:
            if (whole := _whole_length(headers.get("content-range", ""))) == have:
                return whole
            raise _Changed(f"status 416, {headers.get('content-range')}")
        self._refuse_page(headers.get("content-type", ""))
        total = _length(headers.get("content-length", ""))
        if status == 206:
            start = _range_start(headers.get("content-range", ""))
            total = _whole_length(headers.get("content-range", ""))
            if start != have or (said.size_bytes is not None and total is not None and total != said.size_bytes):
                raise _Changed(f"range {headers.get('content-range')} after {have} of {said.size_bytes}")
        elif have:
            # The server knows no ranges, or If-Range says that the file is another one now.
            self._forget()
        self._judge_length(total)
        self._require_room((total or self._promised() or 0) - self._have())
        tag = headers.get("etag", "")
        self._keep(Said("" if tag.startswith("W/") else tag or headers.get("last-modified", ""), total))
        return total

    def _receive(self, response: httpx.Response, total: int | None) -> None:
        have = self._have()
        most = total if total is not None else self._promised()
        next_room = have + ROOM_EVERY_BYTES
        try:
            with self.part.open("ab") as writer:
                # No chunk size: what a break of the connection finds in httpx's own buffer would be lost.
                for chunk in response.iter_raw():
                    have += len(chunk)
                    if most is not None and have > most:
                        raise self._lied(f"more than the {most:,} bytes that it announced")
                    writer.write(chunk)
                    self._told(have, most)
                    if have >= next_room:
                        self._require_room(0)
                        next_room = have + ROOM_EVERY_BYTES
                    if self._stop():
                        raise Cancelled(f"The download of {self._name} was stopped; what came is kept.")
                    if self._net.is_offline:
                        self._net.require_online(self._host)
        except OSError as error:
            raise translate_os_error(error, self.part) or error from error
        if total is not None and have < total:
            raise _Again(f"{have} of {total} bytes came")
        if total is None:
            self._keep(Said(self._said().tag, have))

    def _check(self) -> None:
        have, promised = self._have(), self._promised()
        if promised is not None and have != promised:
            self._forget()
            raise self._lied(f"{have:,} bytes instead of the {promised:,} that were promised")
        if not self._sha256:
            return
        hasher = hashlib.sha256()
        with self.part.open("rb") as reader:
            while chunk := reader.read(4 * CHUNK_BYTES):
                hasher.update(chunk)
                if self._stop():
                    raise Cancelled(f"The check of {self._name} was stopped.")
        if hasher.hexdigest() != self._sha256:
            self._forget()
            raise DownloadFailed(
                f"{self._name} from {self._host} is not the file that was promised: its SHA-256 is another one; it was "
                "thrown away, download it again or from another place.",
                details=f"wanted {self._sha256}, got {hasher.hexdigest()}",
            )

    # small things

    @property
    def _name(self) -> str:
        return self.target.name

    @property
    def _host(self) -> str:
        return host_of(self._wanted.url)

    def _have(self) -> int:
        return self.part.stat().st_size if self.part.is_file() else 0

    def _promised(self) -> int | None:
        return None if self._wanted.roughly else self._wanted.size_bytes

    def _learn_sha256(self, response: httpx.Response) -> None:
        """The hub names a big file by its SHA-256 in the answer before the redirect to its storage."""
        for hop in (*response.history, response):
            tag = hop.headers.get("x-linked-etag", "").strip('"')
            if not self._sha256 and re.fullmatch(r"[0-9a-f]{64}", tag):
                self._sha256 = tag

    def _refuse_page(self, content_type: str) -> None:
        if content_type.startswith("text/html") and self.target.suffix == ".safetensors":
            raise DownloadFailed(
                f"{self._host} answered with a web page instead of {self._name}; use the address of the file itself."
            )

    def _judge_length(self, total: int | None) -> None:
        promised = self._promised()
        if total is not None and promised is not None and total != promised:
            self._forget()
            raise self._lied(f"{total:,} bytes instead of the {promised:,} that were promised")

    def _lied(self, what: str) -> DownloadFailed:
        self._forget()
        return DownloadFailed(
            f"{self._host} sends {what} for {self._name}, so it is not the right file; nothing was installed, try "
            "another place."
        )

    def _require_room(self, needed: int) -> None:
        free = shutil.disk_usage(self.part.parent).free
        if free < max(0, needed) + SPARE_BYTES:
            raise DiskFull(
                f"{self._name} needs {max(0, needed) / 1e9:.1f} GB more and the disk that holds "
                f"{self.part.parent.parent} has {free / 1e9:.1f} GB free; free some space and resume the download."
            )

    def _said(self) -> Said:
        with suppress(OSError, ValueError, TypeError):
            return Said(**json.loads(self._notes.read_bytes()))
        return Said()

    def _keep(self, said: Said) -> None:
        if not self.part.parent.is_dir():
            # Making it anew would fill the disk under the mount point of one that was unplugged.
            raise FileNotFoundError(errno.ENOENT, "the folder is gone", str(self.part.parent))
        write_bytes(self._notes, json.dumps(asdict(said)).encode())
        self.part.touch()

    def _forget(self) -> None:
        self.part.unlink(missing_ok=True)
        self._notes.unlink(missing_ok=True)

    def _wait(self, seconds: float) -> None:
        until = time.monotonic() + min(seconds, LONGEST_PAUSE_S)
        while time.monotonic() < until:
            if self._stop():
                raise Cancelled(f"The download of {self._name} was stopped; what came is kept.")
            time.sleep(0.05)


def _length(text: str) -> int | None:
    return int(text) if text.isdigit() else None


def _seconds(text: str) -> float | None:
    return float(text) if text.isdigit() else None


def _range_start(text: str) -> int | None:
    found = re.match(r"bytes (\d+)-", text)
    return int(found[1]) if found else None


def _whole_length(text: str) -> int | None:
    found = re.search(r"/(\d+)$", text)
    return int(found[1]) if found else None
