"""Models on the Hugging Face hub: its HTTP interface says which files there are, how long, and their SHA-256."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from engine.downloads.addresses import hub_address
from engine.downloads.net import Net, as_object
from engine.downloads.plan import Plan, WantedFile, safe_place
from engine.models.file_kinds import pickle_refusal
from engine.models.trigger_words import clean
from engine.protocol.errors import BadInput, DownloadFailed

_TEXTS = (".json", ".txt", ".model")
_PICKLES = (".ckpt", ".bin", ".pt", ".pth")
_MOST_NAMED = 8


def hub_plan(net: Net, repo: str, file: str | None = None, revision: str = "main") -> Plan:
    """What to fetch for `owner/name`, or for one file of it. Raises Offline, DownloadFailed, BadInput, BadModel."""
    address = f"{hub_address()}/api/models/{quote(repo)}/revision/{quote(revision, safe='')}?blobs=true"
    info = net.json(address)
    siblings = info.get("siblings") if isinstance(info, dict) else None
    if not isinstance(siblings, list):
        raise DownloadFailed(f"The hub's answer about {repo} makes no sense; try again later.")
    there = {str(one["rfilename"]): one for one in siblings if isinstance(one, dict) and "rfilename" in one}
    names, folder = (_with_encoder(there, file), False) if file else _choose(repo, there)
    files = tuple(_wanted(repo, revision, there, name, place) for name, place in names)
    card = as_object(info.get("cardData"))
    return Plan(
        title=repo.rpartition("/")[2] if folder or not file else PurePosixPath(file).stem,
        source=f"{repo}:{file}" if file else repo,
        files=files,
        folder=folder,
        trigger_words=clean([card["instance_prompt"]]) if card.get("instance_prompt") else (),
        base_model=_first(card.get("base_model")),
        licence=str(card.get("license_name") or card.get("license") or "")[:60],
    )


def _wanted(repo: str, revision: str, there: dict[str, Any], name: str, place: str) -> WantedFile:
    if name not in there:
        raise BadInput(f"{repo} has no file {name[:120]}; it has {_some(there)}.")
    entry = there[name]
    lfs = as_object(entry.get("lfs"))
    size = lfs.get("size", entry.get("size"))
    return WantedFile(
        url=f"{hub_address()}/{quote(repo)}/resolve/{quote(revision, safe='')}/{quote(name)}",
        place=safe_place(place),
        size_bytes=size if isinstance(size, int) and size >= 0 else None,
        sha256=str(lfs.get("sha256") or lfs.get("oid") or "").removeprefix("sha256:").casefold(),
    )


def _choose(repo: str, there: dict[str, Any]) -> tuple[list[tuple[str, str]], bool]:
    """The files to take from a repository when none was named, and whether they are a folder."""
    if "model_index.json" in there:
        return [(name, name) for name in _of_pipeline(there)], True
    top = [name for name in there if name.endswith(".safetensors") and "/" not in name]
    weights = next((n for n in ("diffusion_pytorch_model.fp16.safetensors", "diffusion_pytorch_model.safetensors")
                    if n in top), None)  # fmt: skip
    if weights and "config.json" in there:
        return [("config.json", "config.json"), (weights, weights)], True
    every = [name for name in there if name.endswith(".safetensors")]
    if len(top) == 1 or len(every) == 1:
        only = (top or every)[0] if len(top) == 1 else every[0]
        return _with_encoder(there, only), False
    if every:
        raise BadInput(f"{repo} holds {len(every)} model files; name one as {repo}:FILE, of {_some(every)}.")
    if pickles := [name for name in there if name.endswith(_PICKLES)]:
        raise pickle_refusal(f"{repo}/{pickles[0]}")
    raise BadInput(f"{repo} holds no .safetensors file; choose another model.")


def _of_pipeline(there: dict[str, Any]) -> list[str]:
    """A diffusers folder's files: its texts, and of each part the smaller variant of its weights."""
    names = ["model_index.json", *(name for name in ("LICENSE", "LICENSE.md", "README.md") if name in there)]
    parts = sorted({name.partition("/")[0] for name in there if name.count("/") == 1})
    for part in parts:
        inside = [name for name in there if name.startswith(f"{part}/")]
        weights = [name for name in inside if name.endswith(".safetensors")]
        half = [name for name in weights if ".fp16." in name]
        chosen = half or [name for name in weights if ".non_ema." not in name]
        texts = [n for n in inside if n.endswith(_TEXTS) and ("index" not in n or (".fp16." in n) == bool(half))]
        if not weights and (pickles := [name for name in inside if name.endswith(_PICKLES)]):
            raise pickle_refusal(pickles[0])
        names += texts + chosen
    return names


def _with_encoder(there: dict[str, Any], file: str) -> list[tuple[str, str]]:
    """The file, and for an IP-Adapter the picture encoder that the hub keeps beside it."""
    path = PurePosixPath(file)
    names = [(file, path.name)]
    if "ip-adapter" in path.name.casefold():
        places = ["models/image_encoder"] if "vit-h" in path.name.casefold() else []
        places += [f"{path.parent}/image_encoder" if str(path.parent) != "." else "image_encoder"]
        for place in places:
            wanted = [f"{place}/{name}" for name in ("config.json", "model.safetensors")]
            if all(name in there for name in wanted):
                return names + [(name, f"image_encoder/{PurePosixPath(name).name}") for name in wanted]
    return names


def _some(names: Any) -> str:
    listed = [name for name in names if str(name).endswith(".safetensors")] or list(names)
    return ", ".join(listed[:_MOST_NAMED]) + (" …" if len(listed) > _MOST_NAMED else "")


def _first(value: Any) -> str:
    return str(value[0] if isinstance(value, list) and value else value or "")[:80]
