"""A checkpoint as a diffusers folder: which of its files matter, and whether it is a whole SDXL."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.models.architectures import listed
from engine.models.file_kinds import pickle_refusal
from engine.models.safetensors_header import Header, read_header
from engine.protocol.errors import BadModel

PIPELINE = "StableDiffusionXLPipeline"
_WEIGHT_STEMS = {
    "unet": "diffusion_pytorch_model",
    "vae": "diffusion_pytorch_model",
    "text_encoder": "model",
    "text_encoder_2": "model",
}
_PART_NAMES = {
    "unet": "the UNet",
    "vae": "the VAE",
    "text_encoder": "the first text encoder",
    "text_encoder_2": "the second text encoder",
    "tokenizer": "the first tokenizer",
    "tokenizer_2": "the second tokenizer",
    "scheduler": "the scheduler",
}
_CONFIG_NAMES = ("config.json", "scheduler_config.json", "tokenizer_config.json")
_MAX_TEXT_BYTES = 50_000_000
VOCABULARY_FILE = "vocabulary.json"
"""Present in a checkpoint that knows a fixed list of words: the starter's mark."""


@dataclass(frozen=True)
class FolderFacts:
    """What a diffusers folder is. `files` are relative places of all that the pipeline reads."""

    files: tuple[str, ...]
    parameters: int
    native_size: int
    alpha: bool
    vocabulary: bool
    variant: str | None
    licence: str


def inspect_folder(folder: Path, *, licence: str = "") -> FolderFacts:
    """Check a diffusers folder by its index, its configuration and its tensors' headers. Raises BadModel."""
    name = folder.name
    if not (folder / "model_index.json").is_file():
        raise BadModel(f"{name} is not a model: a diffusers folder has a model_index.json; choose that one.")
    pipeline = _read_json(folder / "model_index.json").get("_class_name")
    if pipeline != PIPELINE:
        raise BadModel(
            f"{name} is a {pipeline if isinstance(pipeline, str) else 'custom pipeline'} model; MascotForge makes "
            "pictures with SDXL checkpoints, choose one of those."
        )
    missing = [text for part, text in _PART_NAMES.items() if not _config_of(folder, part)]
    if missing:
        raise BadModel(f"{name} is an incomplete SDXL checkpoint: it lacks {listed(missing)}; copy the whole folder.")
    variant = _variant(folder)
    weights = {part: _weights(folder, part, variant) for part in _WEIGHT_STEMS}
    headers = {part: [read_header(folder / place) for place in places if place.endswith(".safetensors")]
               for part, places in weights.items()}  # fmt: skip
    _check_unet(name, headers["unet"])
    unet, vae = _read_json(folder / "unet/config.json"), _read_json(folder / "vae/config.json")
    try:
        native_size = int(unet["sample_size"]) * 2 ** (len(vae["block_out_channels"]) - 1)
        alpha = int(vae.get("out_channels", 3)) == 4
    except (KeyError, TypeError, ValueError) as error:
        raise BadModel(f"{name} is damaged: its UNet or VAE configuration lacks sizes; copy it again.") from error
    if not 32 <= native_size <= 4096:
        raise BadModel(f"{name} is damaged: a picture side of {native_size} px makes no sense; copy it again.")
    texts = [path.relative_to(folder).as_posix() for path in _texts(folder)]
    return FolderFacts(
        files=tuple(sorted({*texts, *(place for places in weights.values() for place in places)})),
        parameters=sum(header.parameters for parts in headers.values() for header in parts),
        native_size=native_size,
        alpha=alpha,
        vocabulary=(folder / VOCABULARY_FILE).is_file(),
        variant=variant,
        licence=licence or _licence(folder),
    )


def _check_unet(name: str, headers: list[Header]) -> None:
    keys = {key for header in headers for key in header.tensors}
    if "add_embedding.linear_1.weight" not in keys or "conv_in.weight" not in keys:
        raise BadModel(f"{name} says that it is SDXL, but its UNet is another one; choose an SDXL checkpoint.")


def _config_of(folder: Path, part: str) -> bool:
    return any((folder / part / file).is_file() for file in _CONFIG_NAMES)


def _variant(folder: Path) -> str | None:
    """None when the plain weights are there, else the one variant that all parts have, such as fp16."""
    for part, stem in _WEIGHT_STEMS.items():
        plain = (f"{stem}.safetensors", f"{stem}.safetensors.index.json")
        if any((folder / part / name).is_file() for name in plain):
            continue
        found = re.compile(re.escape(stem) + r"\.(?:safetensors\.index\.)?([a-z0-9_]+)(?:\.json|\.safetensors)")
        for path in sorted((folder / part).glob(f"{stem}.*")):
            if (match := found.fullmatch(path.name)) and match[1] != "index":
                return match[1]
    return None


def _weights(folder: Path, part: str, variant: str | None) -> list[str]:
    """Relative places of a part's weights: one file, or an index and its shards."""
    stem = _WEIGHT_STEMS[part]
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
                raise BadModel(
                    f"{folder.name} is an incomplete SDXL checkpoint: it lacks {part}/{lost[0]}; copy the whole folder."
                )
            return [f"{part}/{index}", *(f"{part}/{shard}" for shard in shards)]
    for pattern in ("*.bin", "*.pt", "*.ckpt"):
        for pickle in sorted((folder / part).glob(pattern)):
            raise pickle_refusal(f"{folder.name}/{part}/{pickle.name}")
    raise BadModel(
        f"{folder.name} is an incomplete SDXL checkpoint: it lacks the weights of {_PART_NAMES[part]}; "
        "copy the whole folder."
    )


def _texts(folder: Path) -> list[Path]:
    """Configuration, tokenizer and licence files; neither code nor weights, nor indexes of weights."""
    found = [folder / "model_index.json"]
    found += [folder / name for name in ("LICENSE", "LICENSE.md", "LICENSE.txt", "README.md", VOCABULARY_FILE)]
    for part in _PART_NAMES:
        found += [path for suffix in ("json", "txt") for path in sorted((folder / part).glob(f"*.{suffix}"))]
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
