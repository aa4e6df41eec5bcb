"""Models on Civitai: its HTTP interface gives SHA-256, trigger words, a preview picture and what the licence allows."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from engine.downloads.addresses import civitai_address, host_of
from engine.downloads.net import Net, as_object
from engine.downloads.plan import Plan, WantedFile, safe_place
from engine.models.file_kinds import pickle_refusal
from engine.models.sidecars import plain_text
from engine.models.trigger_words import clean
from engine.protocol.errors import BadInput, DownloadFailed


def is_civitai(url: str) -> bool:
    host = host_of(url)
    known = host_of(civitai_address())
    return host in (known, f"www.{known}") and _ids(url) != (None, None)


def civitai_plan(net: Net, url: str) -> Plan:
    """What to fetch for a Civitai address. Raises Offline, DownloadFailed, BadInput, BadModel."""
    base = civitai_address()
    model_id, version_id = _ids(url)
    model: Any = net.json(f"{base}/api/v1/models/{model_id}") if model_id and not version_id else None
    if version_id is None:
        versions = model.get("modelVersions") if isinstance(model, dict) else None
        if not versions:
            raise DownloadFailed(f"{base} lists no version of this model; check the address.")
        version_id = versions[0]["id"]
    version = net.json(f"{base}/api/v1/model-versions/{version_id}")
    if not isinstance(version, dict):
        raise DownloadFailed(f"{base} gave an answer that makes no sense; try again later.")
    if model is None and version.get("modelId"):
        model = net.json(f"{base}/api/v1/models/{int(version['modelId'])}")
    return _plan(url, version, model if isinstance(model, dict) else {})


def _plan(url: str, version: dict[str, Any], model: dict[str, Any]) -> Plan:
    file = _file(version)
    size = file.get("sizeKB")
    hashes = as_object(file.get("hashes"))
    name = str(file.get("name") or "model.safetensors")
    preview = next((str(image["url"]) for image in version.get("images") or () if _is_picture(image)), "")
    wanted = WantedFile(
        url=str(file.get("downloadUrl") or version.get("downloadUrl") or ""),
        place=safe_place(name.replace("/", "-")),
        size_bytes=round(size * 1024) if isinstance(size, int | float) else None,
        sha256=str(hashes.get("SHA256") or "").casefold(),
        roughly=True,
    )
    return Plan(
        title=str(model.get("name") or name.removesuffix(".safetensors"))[:80],
        source=url,
        files=(wanted,),
        trigger_words=clean(version.get("trainedWords") or ()),
        description=plain_text(str(version.get("description") or model.get("description") or "")),
        base_model=str(version.get("baseModel") or "")[:60],
        licence=_licence(model),
        preview_url=preview,
    )


def _file(version: dict[str, Any]) -> dict[str, Any]:
    files = [file for file in version.get("files") or () if isinstance(file, dict)]
    usable = [file for file in files if str(file.get("name", "")).endswith(".safetensors")]
    if not usable:
        if files:
            raise pickle_refusal(str(files[0].get("name", "The file")))
        raise BadInput("This version has no file to download; choose another version.")
    return next((file for file in usable if file.get("primary")), usable[0])


def _is_picture(image: Any) -> bool:
    return isinstance(image, dict) and bool(image.get("url")) and image.get("type", "image") == "image"


def _licence(model: dict[str, Any]) -> str:
    """What the author allows, in a few words."""
    if "allowCommercialUse" not in model:
        return ""
    allowed = model["allowCommercialUse"]
    uses = {str(use).casefold() for use in (allowed if isinstance(allowed, list) else [allowed])}
    commercial = "pictures may be sold" if uses & {"image", "rent", "sell", "rentcivitai"} else "no commercial use"
    credit = "" if model.get("allowNoCredit", True) else ", credit the author"
    return f"Civitai: {commercial}{credit}"


def _ids(url: str) -> tuple[int | None, int | None]:
    """The model's and the version's numbers in an address."""
    parts = urlsplit(url)
    if found := re.search(r"/api/download/models/(\d+)|/model-versions/(\d+)", parts.path):
        return None, int(found[1] or found[2])
    if found := re.search(r"/models/(\d+)", parts.path):
        version = parse_qs(parts.query).get("modelVersionId", [""])[0]
        return int(found[1]), int(version) if version.isdigit() else None
    return None, None
