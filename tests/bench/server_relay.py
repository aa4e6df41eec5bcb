"""The bare relay that the server is measured against: it passes each message on to the others in the room, and no more.

The same HTTP server and WebSocket protocol as the product's; no database, no check, no order.
`python -m tests.bench.server_relay PORT`
"""

from __future__ import annotations

import sys
from collections import defaultdict
from typing import Any

import uvicorn

ROOMS: defaultdict[bytes, list[Any]] = defaultdict(list)


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"relay"})
        return
    room = ROOMS[scope["query_string"]]
    await receive()
    await send({"type": "websocket.accept"})
    room.append(send)
    try:
        while (message := await receive())["type"] == "websocket.receive":
            for other in list(room):
                if other is not send:
                    await other({"type": "websocket.send", "text": message["text"]})
    finally:
        room.remove(send)


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), ws="websockets-sansio", log_level="warning")
