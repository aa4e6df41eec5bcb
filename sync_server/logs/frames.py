"""Frames between the server and its validator: a header in JSON, and bytes beside it.

Never pickles: the validator may have been taken over by what it read.
"""

from __future__ import annotations

import json
import struct
from typing import IO, Any

Spans = dict[str, tuple[int, int]]
"""Operations of a document: peer, as a decimal number → first, end."""

_LENGTHS = struct.Struct("<II")


def frame(header: dict[str, Any], data: bytes = b"") -> bytes:
    head = json.dumps(header, separators=(",", ":")).encode()
    return _LENGTHS.pack(len(head), len(data)) + head + data


def write_frame(stream: IO[bytes], header: dict[str, Any], data: bytes = b"") -> None:
    """Raises OSError when the other side is gone."""
    stream.write(frame(header, data))
    stream.flush()


def read_frame(stream: IO[bytes], *, most: int | None = None) -> tuple[dict[str, Any], bytes] | None:
    """None at the end of the stream. Raises ValueError for what isn't a frame, or is larger than `most` bytes."""
    lengths = stream.read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        return None
    head_size, data_size = _LENGTHS.unpack(lengths)
    if most is not None and head_size + data_size > most:
        raise ValueError("the frame is too large")
    head, data = stream.read(head_size), stream.read(data_size)
    if len(head) < head_size or len(data) < data_size:
        return None
    header = json.loads(head)
    if not isinstance(header, dict):
        raise ValueError("the header is no object")
    return header, data
