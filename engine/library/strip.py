"""Everything that a picture file says besides its pixels, removed without decoding it: recipe, camera, place, software.

What decides how the pixels look stays: colour profile, gamma, palette, animation.
"""

from __future__ import annotations

import struct

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_GONE = {b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME", b"caBX"}
_WEBP_GONE = {b"EXIF", b"XMP "}
_WEBP_FLAGS = 0x08 | 0x04
"""In a VP8X chunk: there is EXIF, there is XMP."""
_JPEG_ALONE = {0xD8, 0x01, *range(0xD0, 0xD8)}
_JPEG_KEPT = {0xE0, 0xE2, 0xEE}
"""JFIF, the colour profile, Adobe's colour transform."""


def without_metadata(data: bytes) -> bytes:
    """The same picture without its metadata; a file that is no PNG, JPEG, WebP or GIF comes back as it is."""
    if data.startswith(_PNG):
        return _plain_png(data)
    if data.startswith(b"\xff\xd8"):
        return _plain_jpeg(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _plain_webp(data)
    return data


def _plain_png(data: bytes) -> bytes:
    kept, at = bytearray(_PNG), len(_PNG)
    while at + 12 <= len(data):
        length = struct.unpack_from(">I", data, at)[0]
        end = at + 12 + length
        if data[at + 4 : at + 8] not in _PNG_GONE:
            kept += data[at:end]
        if data[at + 4 : at + 8] == b"IEND":
            break
        at = end
    return bytes(kept)


def _plain_jpeg(data: bytes) -> bytes:
    kept, at = bytearray(), 0
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker in _JPEG_ALONE:
            kept += data[at : at + 2]
            at += 2
            continue
        if marker == 0xDA:
            break
        end = at + 2 + struct.unpack_from(">H", data, at + 2)[0]
        is_metadata = marker == 0xFE or (0xE0 <= marker <= 0xEF and marker not in _JPEG_KEPT)
        if not is_metadata:
            kept += data[at:end]
        at = end
    # The pixels follow; nothing after them belongs to the picture.
    end = data.rfind(b"\xff\xd9")
    return bytes(kept) + (data[at : end + 2] if end > at else data[at:])


def _plain_webp(data: bytes) -> bytes:
    kept, at = bytearray(), 12
    while at + 8 <= len(data):
        kind, size = data[at : at + 4], struct.unpack_from("<I", data, at + 4)[0]
        end = at + 8 + size + size % 2
        chunk = bytearray(data[at:end])
        if kind == b"VP8X" and size:
            chunk[8] &= ~_WEBP_FLAGS & 0xFF
        if kind not in _WEBP_GONE:
            kept += chunk
        at = end
    return b"RIFF" + struct.pack("<I", len(kept) + 4) + b"WEBP" + bytes(kept)
