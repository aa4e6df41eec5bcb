"""What the public page is told: words, addresses, sizes, and colours that go with the picture."""

from __future__ import annotations

import colorsys
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sync_server.config import ServerConfig
from sync_server.publications import service
from sync_server.publications.files import FILMS, PICTURES
from sync_server.publications.models import FileRole, Publication, PublicationKind, PublishedFile

COLOURS = ("#8ea7ff", "#ffb3d1", "#9be7d8")
"""For what has none of its own, as a film."""
HUE_APART = 0.06
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_NOUNS = {
    PublicationKind.MASCOT: "A mascot",
    PublicationKind.FILM: "A film",
    PublicationKind.MODEL: "A 3D model",
}


@dataclass(frozen=True)
class Shown:
    """A file as the template wants it."""

    path: str
    name: str
    media_type: str
    is_film: bool
    width: int | None
    height: int | None
    facts: str


def page_of(config: ServerConfig, publication: Publication) -> dict[str, Any]:
    """The values of `publication.html`."""
    preview = service.preview_of(publication)
    poster = _poster(publication)
    return {
        **frame_of(config, publication),
        "description": publication.description,
        "summary": _summary(publication),
        "page_url": service.page_url(config, publication),
        "more": [_shown(config, publication, file) for file in publication.files if _is_more(file, preview)],
        "files": [_shown(config, publication, file) for file in publication.files if file is not poster],
        "facts": _facts(preview),
        "embed": service.embed_snippet(config, publication),
        "colours": _colours(publication),
        "share": _share(config, publication, preview, poster),
    }


def frame_of(config: ServerConfig, publication: Publication) -> dict[str, Any]:
    """The values of `frame.html`."""
    poster = _poster(publication)
    return {
        "title": publication.title,
        "page_path": f"{_prefix(config)}/p/{publication.token}",
        "preview": _shown(config, publication, service.preview_of(publication)),
        "poster": None if poster is None else _shown(config, publication, poster),
    }


def _share(
    config: ServerConfig, publication: Publication, preview: PublishedFile, poster: PublishedFile | None
) -> dict[str, Any]:
    """For other sites' previews (Open Graph): absolute addresses, a still picture if there is one."""
    picture = poster or (preview if preview.media_type in PICTURES else None)
    film = preview if preview.media_type in FILMS else None
    return {
        "picture": picture,
        "picture_url": picture and service.file_url(config, publication, picture),
        "film": film,
        "film_url": film and service.file_url(config, publication, film),
    }


def _shown(config: ServerConfig, publication: Publication, file: PublishedFile) -> Shown:
    return Shown(
        path=f"{_prefix(config)}/a/{publication.token}/{file.name}",
        name=file.name,
        media_type=file.media_type,
        is_film=file.media_type in FILMS,
        width=file.width,
        height=file.height,
        facts=_size(file.size),
    )


def _poster(publication: Publication) -> PublishedFile | None:
    return next((file for file in publication.files if file.role == FileRole.POSTER), None)


def _is_more(file: PublishedFile, preview: PublishedFile) -> bool:
    return file.role == FileRole.PREVIEW and file is not preview


def _facts(preview: PublishedFile) -> list[str]:
    facts: list[str] = []
    if preview.width and preview.height:
        facts.append(f"{preview.width} × {preview.height} px")
    if preview.duration_s:
        facts.append(f"{preview.duration_s:.1f} s")
    return facts


def _summary(publication: Publication) -> str:
    """One line for other sites' previews."""
    said = " ".join(publication.description.split())
    if not said:
        return f"{_NOUNS[publication.kind]} made with MascotForge."
    return said if len(said) <= 200 else said[:199].rsplit(" ", 1)[0] + "…"


def _colours(publication: Publication) -> list[str]:
    """Three that go with the picture: its own vivid ones, neither outlines nor paper; they tint a whole page."""
    own = [colour for file in publication.files for colour in file.colours if _COLOUR.fullmatch(colour)]
    vivid = [colour for colour in dict.fromkeys(own) if _is_vivid(colour)]
    chosen = vivid[:1]
    for colour in [*vivid[1:], *COLOURS]:
        if len(chosen) < 3 and all(_hue_apart(colour, other) > HUE_APART for other in chosen):
            chosen.append(colour)
    return [*chosen, *COLOURS][:3]


def _is_vivid(colour: str) -> bool:
    _, lightness, saturation = _hls(colour)
    return 0.35 <= lightness <= 0.85 and saturation >= 0.25


def _hue_apart(one: str, other: str) -> float:
    distance = abs(_hls(one)[0] - _hls(other)[0])
    return min(distance, 1 - distance)


def _hls(colour: str) -> tuple[float, float, float]:
    red, green, blue = bytes.fromhex(colour[1:])
    return colorsys.rgb_to_hls(red / 255, green / 255, blue / 255)


def _size(size: int) -> str:
    return f"{size / 2**20:.1f} MB" if size >= 2**20 else f"{max(1, round(size / 1024))} KB"


def _prefix(config: ServerConfig) -> str:
    """The path under which a proxy shows this server, if it has one."""
    return urlsplit(config.url).path.rstrip("/")
