"""The preview picture that comes with a model: small, checked, and never a reason for a download to fail."""

from __future__ import annotations

import logging
from pathlib import Path

from engine.downloads.net import Net, refuse_status
from engine.protocol.errors import MascotError

MAX_BYTES = 8_000_000
_SIGNS = ((b"\x89PNG\r\n\x1a\n", ".png"), (b"\xff\xd8\xff", ".jpg"), (b"RIFF", ".webp"))
log = logging.getLogger(__name__)


def fetch_preview(net: Net, url: str, folder: Path) -> Path | None:
    """The picture in `folder`, None when there is none or it can't be had."""
    import httpx

    if not url:
        return None
    try:
        with net.stream(url) as response:
            refuse_status(response.status_code, url)
            data = bytearray()
            for chunk in response.iter_bytes():
                data += chunk
                if len(data) > MAX_BYTES:
                    return None
        suffix = next((suffix for sign, suffix in _SIGNS if data.startswith(sign)), "")
        if not suffix:
            return None
        path = folder / f"preview{suffix}"
        path.write_bytes(data)
    except (MascotError, httpx.HTTPError, OSError) as error:
        log.info("no preview from %s: %s", url, error)
        return None
    return path
