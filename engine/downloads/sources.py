"""What someone typed to install: a file, a folder, a hub id or an address."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from engine.downloads.addresses import host_of, hub_address
from engine.downloads.civitai import civitai_plan, is_civitai
from engine.downloads.hub import hub_plan
from engine.downloads.net import Net
from engine.downloads.plan import Plan, WantedFile, safe_place
from engine.models.file_kinds import pickle_refusal
from engine.protocol.errors import BadInput

_HUB_ID = re.compile(r"([\w.-]{1,96}/[\w.-]{1,96})(?::(\S.*))?")
_PICKLES = (".ckpt", ".pt", ".pth", ".bin", ".pkl")


def local_path(text: str) -> Path | None:
    """The file or folder that `text` names, when there is one."""
    path = Path(text).expanduser()
    return path if path.exists() else None


def plan_for(net: Net, text: str, sha256: str = "") -> Plan:
    """What to fetch for a hub id (`owner/name[:file]`) or an address. `sha256` is what the user expects of one file.

    Raises BadInput when it is neither, Offline, DownloadFailed, BadModel (pickles).
    """
    plan = _plan(net, text.strip())
    if not sha256:
        return plan
    wanted = sha256.strip().casefold()
    if not re.fullmatch(r"[0-9a-f]{64}", wanted):
        raise BadInput("A SHA-256 has 64 hexadecimal digits; check the one given with --sha256.")
    models = [file for file in plan.files if file.place.endswith(".safetensors")]
    if plan.folder or len(models) != 1:
        raise BadInput("--sha256 is for one file; this model has several.")
    from dataclasses import replace

    return replace(plan, files=tuple(replace(f, sha256=wanted) if f is models[0] else f for f in plan.files))


def _plan(net: Net, text: str) -> Plan:
    if "://" in text:
        return _of_address(net, text)
    found = _HUB_ID.fullmatch(text)
    if text.casefold().endswith((".safetensors", *_PICKLES)) and (found is None or not found[2]):
        raise BadInput(
            f"There is no file {text}; check the path. A file on the hub is written owner/name:FILE, and an address "
            "begins with https://."
        )
    if found is None or ".." in text:
        raise BadInput(
            f"“{text[:80]}” is no file or folder that is there, no hub id (owner/name) and no https:// address; "
            "check it."
        )
    return hub_plan(net, found[1], found[2])


def _of_address(net: Net, url: str) -> Plan:
    if not host_of(url):
        raise BadInput(f"“{url[:80]}” is no address to download from; it must begin with https:// and name a host.")
    if is_civitai(url):
        return civitai_plan(net, url)
    parts = urlsplit(url)
    if host_of(url) == host_of(hub_address()):
        on_hub = re.fullmatch(r"/([\w.-]+/[\w.-]+)(?:/(?:resolve|blob|raw)/([^/]+)/(.+))?/?", unquote(parts.path))
        if on_hub:
            return hub_plan(net, on_hub[1], on_hub[3], on_hub[2] or "main")
    name = PurePosixPath(unquote(parts.path)).name or "model"
    if name.casefold().endswith(_PICKLES):
        raise pickle_refusal(name)
    place = safe_place(name if name.endswith(".safetensors") else f"{name}.safetensors")
    return Plan(title=place.removesuffix(".safetensors"), source=url, files=(WantedFile(url, place),))
