"""3D models, JSON and archives: headers and structure checked, bombs refused."""

from __future__ import annotations

import json
import struct
import zipfile
from pathlib import Path

from sync_server.scanning.findings import (
    MAX_ARCHIVE_BYTES,
    MAX_ARCHIVE_ENTRIES,
    MAX_ARCHIVE_RATIO,
    MAX_TEXT_BYTES,
    Findings,
    TooMuch,
)

_JSON_CHUNK = 0x4E4F534A


def examine_glb(path: Path) -> Findings:
    """Binary glTF 2.0. Raises ValueError when lengths or the JSON part are wrong."""
    with path.open("rb") as file:
        head = file.read(20)
        if len(head) < 20:
            raise ValueError("too short")
        _, version, length, chunk, kind = struct.unpack("<4sIIII", head)
        if version != 2 or length != path.stat().st_size or kind != _JSON_CHUNK or chunk > length - 20:
            raise ValueError("the header doesn't fit the file")
        if chunk > MAX_TEXT_BYTES:
            raise TooMuch("The 3D model's description is too large.")
        described = json.loads(file.read(chunk))
    if not isinstance(described, dict) or "asset" not in described:
        raise ValueError("no asset in the description")
    return Findings(media_type="model/gltf-binary")


def examine_json(path: Path) -> Findings:
    """Raises ValueError, RecursionError when it isn't JSON or nested beyond reason."""
    if path.stat().st_size > MAX_TEXT_BYTES:
        raise ValueError("too large to read")
    json.loads(path.read_bytes())
    return Findings(media_type="application/json")


def examine_zip(path: Path) -> Findings:
    """Raises TooMuch for a bomb, zipfile.BadZipFile, ValueError."""
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
    if len(entries) > MAX_ARCHIVE_ENTRIES:
        raise TooMuch(f"The archive holds {len(entries)} files; at most {MAX_ARCHIVE_ENTRIES} are taken.")
    unpacked = sum(entry.file_size for entry in entries)
    # Files of a "better" bomb share their packed bytes, so the archive's own size is the measure.
    if unpacked > MAX_ARCHIVE_BYTES or unpacked - 2**20 > MAX_ARCHIVE_RATIO * path.stat().st_size:
        raise TooMuch("The archive unpacks to far more than it seems to hold.")
    return Findings(media_type="application/zip")
