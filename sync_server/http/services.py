"""The layers around every request, from the inside out."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from sync_server.http.admission import Admission, unbind_threads
from sync_server.http.answers import Answers
from sync_server.http.bodies import BodyLimit
from sync_server.http.headers import SecurityHeaders
from sync_server.http.idempotency import Idempotency
from sync_server.http.metrics import Metrics
from sync_server.http.rates import Rates
from sync_server.http.requests import Requests
from sync_server.limits.limiter import Limiter
from sync_server.secrets.signatures import Signer
from sync_server.state import ServerState

SMALLEST_LIMIT = 8 * 2**20
ALLOWED_HEADERS = ("Authorization", "Content-Type", "Idempotency-Key", "Range", "X-Request-Id")
EXPOSED_HEADERS = ("Accept-Ranges", "Content-Range", "ETag", "Retry-After", "X-Request-Id")


def install(app: FastAPI, state: ServerState) -> None:
    config, signer = state.config, state.get(Signer)
    metrics = Metrics()
    state.add(metrics)
    state.starters.append(unbind_threads)
    app.add_middleware(Idempotency, answers=Answers(state.database), signer=signer)
    # base64 makes a push a third larger.
    app.add_middleware(BodyLimit, most=max(SMALLEST_LIMIT, config.max_update_bytes * 2))
    app.add_middleware(Admission)
    app.add_middleware(Rates, limiter=state.get(Limiter), signer=signer)
    if config.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=config.cors_origins,
            allow_methods=("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"),
            allow_headers=ALLOWED_HEADERS,
            expose_headers=EXPOSED_HEADERS,
        )
    app.add_middleware(Requests, metrics=metrics, trusted_proxies=config.trusted_proxies)
    app.add_middleware(SecurityHeaders, https=config.url.startswith("https:"))
