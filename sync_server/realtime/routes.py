"""`/api/v1/ws`: hearing at once what others do, and pushing over the open connection. See `engine/protocol/sync.py`."""

from __future__ import annotations

from fastapi import APIRouter, WebSocket

from sync_server.realtime.socket import LiveSocket

router = APIRouter(tags=["sync"])


@router.websocket("/ws")
async def live(websocket: WebSocket) -> None:
    await LiveSocket(websocket.app.state.server, websocket).serve()
