"""A checkpoint as a diffusers folder: which of its files matter, and of which family it is, and whether it is whole."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.models.architectures import ARCHITECTURES, Architecture, listed, titles
from engine.models.architectures_signatures import INPAINT_CHANNELS, folder_signature
from engine.models.file_kinds import pickle_refusal
from engine.models.safetensors_header import Header, read_header
from engine.protocol.errors import BadModel

_CONFIG_NAMES = ("config.json", "scheduler_config.json", "tokenizer_config.json")
_TEXT_SUFFIXES = ("json", "txt", "jinja", "model")
"""`.model`: sentencepiece vocabularies."""
_MAX_TEXT_BYTES = 50_000_000
VOCABULARY_FILE = "vocabulary.json"
"""Present in a checkpoint that knows a fixed list of words: the starter's mark."""


@dataclass(frozen=True)
class FolderFacts:
    """What a diffusers folder is. `files` are relative places of all that the pipeline reads. `inpaints`: it needs a
    picture and a mask, and can do nothing else."""

    architecture: str
    files: tuple[str, ...]
    parameters: int
    native_size: int
    alpha: bool
    vocabulary: bool
    variant: str | None
    licence: str
    inpaints: bool = False


def inspect_folder(folder: Path, *, licence: str = "") -> FolderFacts:
    """Check a diffusers folder by its index, its configuration and its tensors' headers. Raises BadModel."""
    name = folder.name
    if not (folder / "model_index.json").is_file():
        raise BadModel(f"{name} is not a model: a diffusers folder has a model_index.json; choose that one.")
    index = _read_json(folder / "model_index.json")
    kind = _family(name, index)
    absent = {part for part in kind.optional if not any(index.get(part) or [None])}
    parts = {part: text for part, (_, text) in kind.weights.items() if part not in absent}
    others = {part: text for part, text in kind.tokenizers.items() if part not in absent} | {
        "scheduler": "the scheduler"
    }
    missing = [text for part, text in (parts | others).items() if not _config_of(folder, part)]
    if missing:
        raise _incomplete(name, kind, f"lacks {listed(missing)}")
    variant = _variant(folder, kind)
    weights = {part: _weights(folder, part, variant, kind) for part in parts}
    headers = {part: [read_header(folder / place) for place in places if place.endswith(".safetensors")]
               for part, places in weights.items()}  # fmt: skip
    kind = _checked_family(name, kind, headers[kind.denoiser])
    denoiser, vae = _read_json(folder / kind.denoiser / "config.json"), _read_json(folder / "vae/config.json")
    try:
        native_size = _native_size(kind, index, denoiser, vae)
        alpha = int(vae.get("out_channels", vae.get("input_channels", 3))) == 4
    except (KeyError, TypeError, ValueError) as error:
        raise BadModel(f"{name} is damaged: its configuration lacks sizes; copy it again.") from error
    if not 32 <= native_size <= 4096:
        raise BadModel(f"{name} is damaged: a picture side of {native_size} px makes no sense; copy it again.")
    texts = [path.relative_to(folder).as_posix() for path in _texts(folder, (*parts, *others))]
    return FolderFacts(
        architecture=kind.id,
        files=tuple(sorted({*texts, *(place for places in weights.values() for place in places)})),
        parameters=sum(header.parameters for parts in headers.values() for header in parts),
        native_size=native_size,
        alpha=alpha,
        vocabulary=(folder / VOCABULARY_FILE).is_file(),
        variant=variant,
        licence=licence or _licence(folder),
        inpaints=denoiser.get("in_channels") == INPAINT_CHANNELS and kind.diffuses,
    )


def _family(name: str, index: dict[str, Any]) -> Architecture:
    pipeline = index.get("_class_name")
    found = [kind for kind in ARCHITECTURES.values() if pipeline in kind.pipelines]
    if not found:
        raise BadModel(
            f"{name} is a {pipeline if isinstance(pipeline, str) else 'custom pipeline'} model; MascotForge makes "
            f"pictures with {titles()}, choose one of those."
        )
    return found[0]


def _checked_family(name: str, kind: Architecture, headers: list[Header]) -> Architecture:
    tensors = {key: tensor for header in headers for key, tensor in header.tensors.items()}
    real = folder_signature(kind, tensors)
    if real is None:
        what = kind.weights[kind.denoiser][1].removeprefix("the ")
        raise BadModel(
            f"{name} says that it is {kind.title}, but its {what} is another one; choose a whole checkpoint."
        )
    return real


def _native_size(kind: Architecture, index: dict[str, Any], denoiser: dict[str, Any], vae: dict[str, Any]) -> int:
    """`_native_size` in the index is MascotForge's own: families without a UNet keep their size nowhere."""
    if "_native_size" in index:
        return int(index["_native_size"])
    if "sample_size" in denoiser and "block_out_channels" in vae:
        return int(denoiser["sample_size"]) * 2 ** (len(vae["block_out_channels"]) - 1)
    return kind.native_size


def _incomplete(name: str, kind: Architecture, lack: str) -> BadModel:
    return BadModel(f"{name} is an incomplete {kind.title} checkpoint: it {lack}; copy the whole folder.")


def _config_of(folder: Path, part: str) -> bool:
    return any((folder / part / file).is_file() for file in _CONFIG_NAMES)


def _variant(folder: Path, kind: Architecture) -> str | None:
    """None when the plain weights are there, else the one variant that all parts have, such as fp16."""
    for part, (stem, _) in kind.weights.items():
        plain = (f"{stem}.safetensors", f"{stem}.safetensors.index.json")
        if any((folder / part / name).is_file() for name in plain):
            continue
        found = re.compile(re.escape(stem) + r"\.(?:safetensors\.index\.)?([a-z0-9_]+)(?:\.json|\.safetensors)")
        for path in sorted((folder / part).glob(f"{stem}.*")):
            if (match := found.fullmatch(path.name)) and match[1] != "index":
                return match[1]
    return None


def _weights(folder: Path, part: str, variant: str | None, kind: Architecture) -> list[str]:
    """Relative places of a part's weights: one file, or an index and its shards."""
    stem, what = kind.weights[part]
    tag = f".{variant}" if variant else ""
    for middle in (tag, ""):
        single, index = f"{stem}{middle}.safetensors", f"{stem}.safetensors.index{middle}.json"
        if (folder / part / single).is_file():
            return [f"{part}/{single}"]
        if (folder / part / index).is_file():
            places = _read_json(folder / part / index).get("weight_map") or {}
            shards = sorted({Path(str(shard)).name for shard in dict(places).values()})
            lost = [shard for shard in shards if not (folder / part / shard).is_file()]
            if lost:
                raise _incomplete(folder.name, kind, f"lacks {part}/{lost[0]}")
            return [f"{part}/{index}", *(f"{part}/{shard}" for shard in shards)]
    for pattern in ("*.bin", "*.pt", "*.ckpt"):
        for pickle in sorted((folder / part).glob(pattern)):
            raise pickle_refusal(f"{folder.name}/{part}/{pickle.name}")
    raise _incomplete(folder.name, kind, f"lacks the weights of {what}")


def _texts(folder: Path, parts: tuple[str, ...]) -> list[Path]:
    """Configuration, tokenizer and licence files; neither code nor weights, nor indexes of weights."""
    found = [folder / "model_index.json"]
    found += [folder / name for name in ("LICENSE", "LICENSE.md", "LICENSE.txt", "README.md", VOCABULARY_FILE)]
    for part in parts:
        found += [
            path for suffix in ("json", "txt", "jinja", "model") for path in sorted((folder / part).glob(f"*.{suffix}"))
        ]
    return [
        path
        for path in found
        if path.is_file() and "safetensors.index" not in path.name and path.stat().st_size < _MAX_TEXT_BYTES
    ]


def _read_json(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _MAX_TEXT_BYTES:
            raise ValueError("too long")
        value: Any = json.loads(path.read_bytes())
        if not isinstance(value, dict):
            raise ValueError("no object")
        return value
    except (OSError, ValueError, RecursionError) as error:
        raise BadModel(f"{path.parent.name}/{path.name} is damaged: it is no valid JSON; copy it again.") from error


def _licence(folder: Path) -> str:
    """The licence named in the README's front matter, else whether there is a licence file."""
    readme = folder / "README.md"
    if readme.is_file():
        with readme.open(encoding="utf-8", errors="replace") as file:
            if match := re.search(r"^licen[sc]e(?:_name)?:\s*([\w.+-]{1,60})\s*$", file.read(8000), re.MULTILINE):
                return match[1]
    return "see its LICENSE file" if any(folder.glob("LICENSE*")) else "unknown"
