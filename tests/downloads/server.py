"""A small hub that speaks the documented answers and misbehaves on demand; a process of its own.

`/files/<manner>/<name>` gives `<root>/<name>` in a manner: see `MANNERS`. `/log` tells the requests so far.
Run: python -m tests.downloads.server ROOT PORTFILE
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path()
LOG: list[dict[str, object]] = []
VISITS: Counter[str] = Counter()
TOKEN = "hf_right"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        return

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        LOG.append({"path": self.path, "headers": {k.lower(): v for k, v in self.headers.items()}})
        try:
            if path == "/log":
                self._json(LOG)
            elif path.startswith("/api/models/"):
                self._hub_list(path)
            elif path.startswith("/api/v1/"):
                self._civitai(path)
            elif "/resolve/" in path:
                self._hub_file(path)
            elif path.startswith("/api/download/models/"):
                self._redirect("/files/plain/lora.safetensors")
            else:
                _, _, manner, name = path.split("/", 3)
                VISITS[path] += 1
                getattr(self, f"_as_{manner.replace('-', '_')}")((ROOT / name).read_bytes(), VISITS[path])
        except (BrokenPipeError, ConnectionResetError):
            return
        except FileNotFoundError:
            self._empty(404)

    # the hub and Civitai

    def _hub_list(self, path: str) -> None:
        repo = re.fullmatch(r"/api/models/([^/]+/[^/]+)/revision/main", path)
        folder = ROOT / repo[1] if repo else ROOT / "none"
        if not folder.is_dir():
            return self._empty(401)
        siblings: list[dict[str, object]] = []
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                data = file.read_bytes()
                entry: dict[str, object] = {"rfilename": file.relative_to(folder).as_posix(), "size": len(data)}
                if file.suffix == ".safetensors":
                    entry["lfs"] = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 134}
                siblings.append(entry)
        card = {"license": "openrail++", "base_model": "stabilityai/sdxl", "instance_prompt": "ohwx fox"}
        return self._json({"id": repo[1] if repo else "", "siblings": siblings, "cardData": card})

    def _hub_file(self, path: str) -> None:
        repo, _, rest = path.lstrip("/").partition("/resolve/")
        name = f"{repo}/{rest.partition('/')[2]}"
        data = (ROOT / name).read_bytes()
        if "gated" in repo and self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self._empty(403)
            return
        digest = hashlib.sha256(data).hexdigest()
        self.send_response(302)
        self.send_header("Location", f"/files/plain/{name}")
        self.send_header("X-Linked-Etag", f'"{digest}"')
        self.send_header("X-Linked-Size", str(len(data)))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _civitai(self, path: str) -> None:
        host = f"http://{self.headers['Host']}"
        if path.startswith("/api/v1/models/"):
            return self._json({"name": "Fox style", "description": "<p>Foxes.</p>", "allowCommercialUse": ["Image"],
                               "allowNoCredit": False, "modelVersions": [{"id": 7}]})  # fmt: skip
        data = (ROOT / "lora.safetensors").read_bytes()
        return self._json({
            "id": 7, "modelId": 3, "name": "v1", "baseModel": "SDXL 1.0", "trainedWords": ["zorbo fox, smiling"],
            "files": [
                {"name": "lora.ckpt", "sizeKB": 1, "downloadUrl": f"{host}/nowhere", "primary": False, "hashes": {}},
                {"name": "lora.safetensors", "sizeKB": len(data) / 1024, "primary": True,
                 "downloadUrl": f"{host}/api/download/models/7",
                 "hashes": {"SHA256": hashlib.sha256(data).hexdigest().upper()}},
            ],
            "images": [{"type": "video", "url": f"{host}/nowhere"},
                       {"type": "image", "url": f"{host}/files/plain/preview.png"}],
        })  # fmt: skip

    # manners

    def _as_plain(self, data: bytes, _visit: int) -> None:
        self._send(data)

    def _as_slow(self, data: bytes, _visit: int) -> None:
        self._send(data, pause_s=0.02)

    def _as_crawling(self, data: bytes, _visit: int) -> None:
        self._send(data, pause_s=0.3)

    def _as_no_ranges(self, data: bytes, visit: int) -> None:
        self._send(data, ranges=False, cut=len(data) // 2 if visit == 1 else None)

    def _as_dropping(self, data: bytes, _visit: int) -> None:
        """Breaks off after a third of the file, each time."""
        self._send(data, cut=len(data) // 3)

    def _as_stuck(self, data: bytes, visit: int) -> None:
        """Never sends more than the first half, whatever is asked."""
        begin = self._begin_of(data)
        self._send(data, cut=max(0, len(data) // 2 - begin))

    def _as_short(self, data: bytes, _visit: int) -> None:
        """Says that the file is shorter than it is."""
        self._send(data[:-100], tag="short")

    def _as_longer(self, data: bytes, _visit: int) -> None:
        self._send(data + bytes(100), tag="longer")

    def _as_endless(self, data: bytes, _visit: int) -> None:
        """No length, and it goes on and on."""
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        for _ in range(200):
            self.wfile.write(data)
        self.close_connection = True

    def _as_changing(self, data: bytes, visit: int) -> None:
        """Another file from the second visit on; the first visit breaks off."""
        now = data if visit == 1 else bytes(reversed(data))
        self._send(now, tag=f"v{min(visit, 2)}", cut=len(data) // 2 if visit == 1 else None)

    def _as_restless(self, data: bytes, visit: int) -> None:
        """Another length at each visit under one tag, always broken off."""
        self._send(data + bytes(visit), tag="same", cut=len(data) // 4, blind=True)

    def _as_busy(self, data: bytes, visit: int) -> None:
        if visit < 3:
            self.send_response(503)
            self.send_header("Retry-After", "0")
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            self._send(data)

    def _as_page(self, data: bytes, _visit: int) -> None:
        body = b"<!doctype html><p>Please sign in</p>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _as_plain_redirect(self, data: bytes, _visit: int) -> None:
        self._redirect("http://example.org/model.safetensors")

    # small things

    def _begin_of(self, data: bytes) -> int:
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        return int(asked[1]) if asked else 0

    def _send(
        self, data: bytes, *, tag: str = "", ranges: bool = True, cut: int | None = None, pause_s: float = 0.0,
        blind: bool = False,
    ) -> None:  # fmt: skip
        tag = f'"{tag or hashlib.md5(data).hexdigest()}"'
        begin = self._begin_of(data) if ranges else 0
        if begin and self.headers.get("If-Range", tag) != tag and not blind:
            begin = 0
        if begin >= len(data) > 0:
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(data)}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(206 if begin else 200)
        if begin:
            self.send_header("Content-Range", f"bytes {begin}-{len(data) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(data) - begin))
        self.send_header("ETag", tag)
        self.end_headers()
        body = data[begin:] if cut is None else data[begin : begin + cut]
        for place in range(0, len(body), 16384):
            self.wfile.write(body[place : place + 16384])
            if pause_s:
                self.wfile.flush()
                time.sleep(pause_s)
        self.close_connection = cut is not None

    def _redirect(self, where: str) -> None:
        self.send_response(302)
        self.send_header("Location", where)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _json(self, value: object) -> None:
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _empty(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()


def main() -> None:
    global ROOT
    ROOT = Path(sys.argv[1])
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    aside = Path(sys.argv[2] + ".aside")
    aside.write_text(str(server.server_port))
    aside.rename(sys.argv[2])
    server.serve_forever()


if __name__ == "__main__":
    main()
