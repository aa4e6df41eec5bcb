"""MP4, QuickTime and WebM: the headers are walked, so that size and duration are known and nonsense is noticed."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from sync_server.scanning.findings import Findings

_MAX_HEADER = 64 * 2**20
_CONTAINERS = {b"moov", b"trak"}
_EBML_HEADER, _DOC_TYPE, _SEGMENT, _INFO, _TRACKS = 0x1A45DFA3, 0x4282, 0x18538067, 0x1549A966, 0x1654AE6B
_TRACK, _VIDEO, _WIDTH, _HEIGHT, _DURATION, _SCALE = 0xAE, 0xE0, 0xB0, 0xBA, 0x4489, 0x2AD7B1
_CLUSTER = 0x1F43B675
_EBML_PARENTS = {_EBML_HEADER, _SEGMENT, _INFO, _TRACKS, _TRACK, _VIDEO}


def examine_mp4(path: Path) -> Findings:
    """Raises ValueError when the boxes don't add up."""
    width = height = None
    duration: float | None = None
    brand = b""
    with path.open("rb") as file:
        for name, data in _boxes(file, 0, path.stat().st_size):
            if name == b"ftyp":
                brand = data[:4]
            elif name == b"mvhd":
                duration = _movie_duration(data)
            elif name == b"tkhd" and len(data) >= 8 and not width:
                wide, high = struct.unpack(">II", data[-8:])
                width, height = (wide >> 16) or None, (high >> 16) or None
    if duration is None:
        raise ValueError("no moov box")
    media_type = "video/quicktime" if brand == b"qt  " else "video/mp4"
    return Findings(media_type=media_type, width=width, height=height, duration_s=duration)


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[tuple[bytes, bytes]]:
    """The small boxes that matter, from a walk through all; only headers of media data are read."""
    while start < end:
        file.seek(start)
        head = file.read(16)
        if len(head) < 8:
            raise ValueError("a box is cut off")
        size, name = struct.unpack(">I4s", head[:8])
        skip = 8
        if size == 1 and len(head) == 16:
            size, skip = struct.unpack(">Q", head[8:])[0], 16
        elif size == 0:
            size = end - start
        if size < skip or start + size > end:
            raise ValueError("a box is larger than the file")
        if name in _CONTAINERS:
            yield from _boxes(file, start + skip, start + size)
        elif name in (b"ftyp", b"mvhd", b"tkhd"):
            file.seek(start + skip)
            yield name, file.read(min(size - skip, 4096))
        start += size


def _movie_duration(data: bytes) -> float | None:
    if len(data) < 32:
        return None
    scale, length = struct.unpack(">IQ", data[20:32]) if data[0] == 1 else struct.unpack(">II", data[12:20])
    return length / scale if scale else None


def examine_webm(path: Path) -> Findings:
    """Raises ValueError when it isn't WebM or its elements don't add up."""
    found: dict[int, bytes] = {}
    with path.open("rb") as file:
        for name, data in _elements(file, path.stat().st_size):
            found.setdefault(name, data)
    if found.get(_DOC_TYPE, b"").rstrip(b"\0") != b"webm":
        raise ValueError("not WebM")
    return Findings(
        media_type="video/webm",
        width=_number(found.get(_WIDTH)),
        height=_number(found.get(_HEIGHT)),
        duration_s=_webm_duration(found),
    )


def _elements(file: BinaryIO, end: int) -> Iterator[tuple[int, bytes]]:
    """Depth first through the headers, up to the first cluster of pictures."""
    while file.tell() < min(end, _MAX_HEADER):
        name, size = _vint(file, keep_marker=True), _vint(file)
        if name is None or size is None or name == _CLUSTER:
            return
        if name in _EBML_PARENTS:
            continue
        if file.tell() + size > end:
            raise ValueError("an element is larger than the file")
        data = file.read(size) if size <= 64 else b""
        if size > 64:
            file.seek(size, 1)
        yield name, data


def _vint(file: BinaryIO, *, keep_marker: bool = False) -> int | None:
    first = file.read(1)
    if not first or first[0] == 0:
        return None
    more = 8 - first[0].bit_length()
    value = first[0] if keep_marker else first[0] & ((1 << (7 - more)) - 1)
    for byte in file.read(more):
        value = value << 8 | byte
    return value


def _number(data: bytes | None) -> int | None:
    return int.from_bytes(data) or None if data else None


def _webm_duration(found: dict[int, bytes]) -> float | None:
    raw = found.get(_DURATION, b"")
    if len(raw) not in (4, 8):
        return None
    ticks = struct.unpack(">f" if len(raw) == 4 else ">d", raw)[0]
    seconds = ticks * (_number(found.get(_SCALE)) or 1_000_000) / 1e9
    return seconds if 0 < seconds < 1e7 else None
