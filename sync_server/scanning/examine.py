"""From a file to its findings: sniffed by its first bytes, then really parsed. Runs in the child process only."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import puremagic

from sync_server.scanning.films import examine_mp4, examine_webm
from sync_server.scanning.findings import OCTETS, Findings
from sync_server.scanning.packs import examine_glb, examine_json, examine_zip
from sync_server.scanning.pictures import examine_picture
from sync_server.scanning.svg import NotSvg, examine_svg

_HEAD_BYTES = 4096
_PASSIVE = {
    "audio/mpeg": "audio/mpeg",
    "audio/ogg": "audio/ogg",
    "application/ogg": "audio/ogg",
    "audio/wav": "audio/wav",
    "audio/wave": "audio/wav",
    "audio/x-wav": "audio/wav",
    "audio/flac": "audio/flac",
    "audio/x-flac": "audio/flac",
    "font/ttf": "font/ttf",
    "font/otf": "font/otf",
    "font/woff2": "font/woff2",
    "application/pdf": "application/pdf",
}
"""What puremagic may tell: types that nothing here parses, and that harm nobody as attachments or sounds."""

_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    LookupError,
    ArithmeticError,
    RecursionError,
    EOFError,
    NotImplementedError,
    struct.error,
    zlib.error,
    zipfile.BadZipFile,
    NotSvg,
)


def examine(path: Path) -> Findings:
    """A file that isn't whole, or of no known type, is plain octets. Raises TooMuch for a bomb."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    parse = _parser_for(head)
    if parse is None:
        return Findings(media_type=_other_type(head))
    try:
        return parse(path)
    except _BROKEN:
        return Findings()


def _parser_for(head: bytes) -> Callable[[Path], Findings] | None:
    if head.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")) or (
        head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    ):
        return examine_picture
    if head[4:8] == b"ftyp":
        return examine_mp4
    if head.startswith(b"\x1aE\xdf\xa3"):
        return examine_webm
    if head.startswith(b"glTF"):
        return examine_glb
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return examine_zip
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"<") and b"<svg" in head:
        return examine_svg
    if text.startswith((b"{", b"[")):
        return examine_json
    return None


def _other_type(head: bytes) -> str:
    try:
        told = puremagic.from_string(head, mime=True)
    except (puremagic.PureError, ValueError):
        return OCTETS
    return _PASSIVE.get(told, OCTETS)
