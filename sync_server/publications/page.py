"""What the public page is told: words, addresses, sizes, and colours that go with the picture."""

from __future__ import annotations

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
    own = [colour for file in publication.files for colour in file.colours if _COLOUR.fullmatch(colour)]
    return [*dict.fromkeys(own), *COLOURS][:3]


def _size(size: int) -> str:
    return f"{size / 2**20:.1f} MB" if size >= 2**20 else f"{max(1, round(size / 1024))} KB"


def _prefix(config: ServerConfig) -> str:
    """The path under which a proxy shows this server, if it has one."""
    return urlsplit(config.url).path.rstrip("/")
