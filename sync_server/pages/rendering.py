"""Pages made on the server, whole in one answer: no script, no other site, a policy that allows its own style alone."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from sync_server.blobs.ranges import is_known

_FOLDER = Path(__file__).parent / "templates"
_environment = Environment(
    loader=FileSystemLoader(_FOLDER),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
REVALIDATE = "no-cache"


def html_answer(
    request: Request, template: str, values: Mapping[str, Any], *, status: int = 200, framed: bool = False
) -> Response:
    """A page with an entity tag; 304 for a client that has it. `framed` pages may stand within other sites."""
    style = _environment.get_template("style.css").render(values)
    html = _environment.get_template(template).render(values, style=Markup(style))
    tag = f'"{sha256(html.encode()).hexdigest()[:32]}"'
    headers = {
        "Content-Security-Policy": _policy(style, framed=framed),
        "Cache-Control": REVALIDATE,
        "ETag": tag,
        "Referrer-Policy": "strict-origin-when-cross-origin",
    }
    if status == 200 and is_known(request.headers, tag):
        return Response(status_code=304, headers=headers)
    return HTMLResponse(html, status_code=status, headers=headers)


def _policy(style: str, *, framed: bool) -> str:
    ancestors = "*" if framed else "'none'"
    allowed = b64encode(sha256(style.encode()).digest()).decode()
    return "; ".join(
        (
            "default-src 'none'",
            "img-src 'self' data:",
            "media-src 'self'",
            f"style-src 'sha256-{allowed}'",
            "base-uri 'none'",
            "form-action 'none'",
            f"frame-ancestors {ancestors}",
        )
    )
