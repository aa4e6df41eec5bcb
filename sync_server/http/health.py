"""Is it up, is it ready, how is it doing: for whoever keeps the server running."""

from __future__ import annotations

from ipaddress import ip_address

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from sync_server.http.address import client_address
from sync_server.http.dependencies import State
from sync_server.http.metrics import Metrics
from sync_server.mail.models import OutgoingMail
from sync_server.problems import Missing
from sync_server.state import ServerState

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
async def healthz() -> PlainTextResponse:
    """The process answers."""
    return PlainTextResponse("ok")


@router.get("/readyz")
def readyz(state: State) -> JSONResponse:
    """The database can be read: send requests here."""
    trouble = _trouble(state)
    return JSONResponse({"ready": not trouble, "trouble": trouble}, status_code=503 if trouble else 200)


@router.get("/metrics")
def metrics(state: State, request: Request) -> Response:
    """For Prometheus on this machine or behind a trusted proxy's address; nobody else learns that it exists."""
    if not _is_near(client_address(request, state.config.trusted_proxies)):
        raise Missing("There is nothing here.")
    figures = state.get(Metrics)
    figures.sockets.set(len(tuple(state.hub.listeners)))
    with state.database.read() as session:
        waiting = select(func.count()).select_from(OutgoingMail)
        figures.mails.set(session.scalar(waiting.where(OutgoingMail.failed_at.is_(None))) or 0)
        figures.failed_mails.set(session.scalar(waiting.where(OutgoingMail.failed_at.is_not(None))) or 0)
    return Response(figures.text(), media_type="text/plain; version=0.0.4; charset=utf-8")


def _trouble(state: ServerState) -> str:
    try:
        with state.database.read() as session:
            session.execute(select(1))
    except SQLAlchemyError:
        return "The database can't be read."
    return ""


def _is_near(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
