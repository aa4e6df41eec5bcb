"""Headers that make browsers careful. A page that needs another policy sets its own."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sync_server.http.context import has, response_headers

POLICY = b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
EVERYWHERE: tuple[tuple[bytes, bytes], ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", POLICY),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
IN_API: tuple[tuple[bytes, bytes], ...] = (
    (b"cache-control", b"no-store"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
HSTS = (b"strict-transport-security", b"max-age=31536000")


class SecurityHeaders:
    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._everywhere = (*EVERYWHERE, HSTS) if https else EVERYWHERE

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        wanted = (*self._everywhere, *IN_API) if scope["path"].startswith("/api/") else self._everywhere

        async def careful(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = response_headers(message)
                headers.extend(one for one in wanted if not has(headers, one[0]))
            await send(message)

        await self._app(scope, receive, careful)
