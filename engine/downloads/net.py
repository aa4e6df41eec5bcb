"""The one door to the network: closed by the offline switch, and every refusal is one sentence."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Generator, Mapping
from typing import TYPE_CHECKING, Any

from engine.downloads.addresses import host_of, is_loopback
from engine.protocol.errors import DownloadFailed, Offline

if TYPE_CHECKING:
    import httpx

Allowed = Callable[[], bool]
TokenFor = Callable[[str], "str | None"]
TIMEOUT_S = 30.0
MAX_JSON_BYTES = 32_000_000


class Net:
    """Requests by httpx. `offline` is asked before each; `token_for(host)` gives the token that a host gets."""

    def __init__(self, offline: Allowed, token_for: TokenFor, *, timeout_s: float = TIMEOUT_S) -> None:
        self._offline = offline
        self._token_for = token_for
        self._timeout_s = timeout_s

    def require_online(self, host: str) -> None:
        """Raises Offline while the switch is on."""
        if self._offline():
            raise Offline(
                f"MascotForge is offline, so it does not connect to {host}; switch it online with "
                "`mascotforge models offline off` or in the Models panel, then try again."
            )

    @property
    def is_offline(self) -> bool:
        return self._offline()

    @contextlib.contextmanager
    def stream(self, url: str, headers: Mapping[str, str] | None = None) -> Generator[httpx.Response]:
        """An open answer to a GET, redirects followed. Raises Offline, DownloadFailed for an address that can't be;
        httpx.TransportError when the connection breaks."""
        import httpx

        host = host_of(url)
        self.require_online(host)
        if not host or not (url.startswith("https://") or (url.startswith("http://") and is_loopback(host))):
            raise DownloadFailed(f"“{url[:80]}” is no address to download from; it must begin with https://.")
        token = self._token_for(host)
        sent = {"User-Agent": "MascotForge", "Accept-Encoding": "identity", **(headers or {})}
        if token:
            # httpx drops this header when a redirect leaves the host.
            sent["Authorization"] = f"Bearer {token}"
        hooks = {"request": [_refuse_plain]}
        with (
            httpx.Client(follow_redirects=True, timeout=self._timeout_s, event_hooks=hooks, max_redirects=8) as client,
            client.stream("GET", url, headers=sent) as response,
        ):
            yield response

    def json(self, url: str) -> Any:
        """The JSON at `url`. Raises Offline, DownloadFailed with a sentence."""
        import json

        import httpx

        host = host_of(url)
        try:
            with self.stream(url) as response:
                refuse_status(response.status_code, url)
                body = bytearray()
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > MAX_JSON_BYTES:
                        raise DownloadFailed(f"{host} gave an answer that is too long; try again later.")
            return json.loads(body)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise unreachable(host, error) from error
        except ValueError as error:
            raise DownloadFailed(
                f"{host} gave an answer that makes no sense; try again later.", details=str(error)
            ) from error


def as_object(value: Any) -> dict[str, Any]:
    """A part of a JSON answer that should be an object; an empty one when it isn't."""
    return value if isinstance(value, dict) else {}


def is_unknown_host(error: BaseException | None) -> bool:
    """Whether a request failed because nobody knows the host's name."""
    while error is not None:
        if isinstance(error, socket.gaierror):
            return True
        error = error.__cause__ or error.__context__
    return False


def unreachable(host: str, error: Exception) -> DownloadFailed:
    """What to say of a host that did not answer."""
    if is_unknown_host(error):
        return DownloadFailed(
            f"There is no host “{host}”, or this machine is not connected; check the address and the connection.",
            details=repr(error),
        )
    return DownloadFailed(f"{host} can't be reached; check the connection and try again.", details=repr(error))


def refuse_status(status: int, url: str) -> None:
    """Raise DownloadFailed for an answer that no further try will mend; 5xx and 429 are the caller's to retry."""
    host = host_of(url)
    if status in (401, 403):
        raise DownloadFailed(
            f"{host} does not give this to everyone (status {status}): check the id, accept the model's terms on its "
            f"page, keep an access token with `mascotforge models token {host}`, and try again."
        )
    if status in (404, 410):
        raise DownloadFailed(f"{host} has nothing at {url[:200]}; check the address or id.")
    if status >= 400 and status not in (408, 416, 429) and status < 500:
        raise DownloadFailed(f"{host} refused the download (status {status}); check the address.")
    if status >= 400 and status != 416:
        raise DownloadFailed(f"{host} can't answer now (status {status}); try again later.")


def _refuse_plain(request: httpx.Request) -> None:
    """A redirect from https to plain http would show the file to everyone between."""
    if request.url.scheme != "https" and not is_loopback(request.url.host):
        raise DownloadFailed(f"{request.url.host} wants to send the file without encryption; choose another address.")
