"""What a file is when it is not a safetensors file: the refusal says what was given and what to do."""

from __future__ import annotations

import zipfile
from pathlib import Path

from engine.protocol.errors import BadModel

_CONVERT = (
    "convert it with a tool that you trust (for example diffusers' "
    "`from_single_file(…).save_pretrained(…, safe_serialization=True)` in a throw-away environment), "
    "or download the .safetensors version"
)
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"%PDF")


def pickle_refusal(name: str) -> BadModel:
    return BadModel(f"{name} is a Python pickle, which can run any program when it is opened; {_CONVERT}.")


def refuse_other_files(path: Path, start: bytes) -> None:
    """Raise BadModel when the first 512 bytes belong to something that is plainly no safetensors file."""
    name = path.name
    if not start:
        raise BadModel(f"{name} is empty; download it again.")
    text = start.lstrip().lower()
    if start.startswith(b"PK\x03\x04"):
        raise (
            pickle_refusal(name)
            if _holds_pickle(path)
            else BadModel(f"{name} is a zip archive, not a model; unpack it and install the .safetensors file inside.")
        )
    if start[:1] == b"\x80" and start[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05") and start[8:9] != b"{":
        raise pickle_refusal(name)
    if start.startswith(b"GGUF"):
        raise BadModel(f"{name} is a GGUF file, which can't be used here; choose the .safetensors version.")
    if text.startswith((b"<!doctype", b"<html")):
        raise BadModel(f"{name} is a web page, not a model: the download was answered by a page; download it again.")
    if start.startswith(b"version https://git-lfs"):
        raise BadModel(f"{name} is only a Git LFS pointer to the model; fetch the real file with `git lfs pull`.")
    if start.startswith(_PICTURES):
        raise BadModel(f"{name} is not a model but a picture or a document; choose a .safetensors checkpoint.")
    if len(start) < 10 or start[8:9] != b"{":
        if path.suffix.lower() in (".ckpt", ".pt", ".pth", ".pkl"):
            raise pickle_refusal(name)
        raise BadModel(f"{name} is not a model: it is no safetensors file; choose a .safetensors checkpoint.")


def _holds_pickle(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return any(entry.endswith(".pkl") for entry in archive.namelist())
    except zipfile.BadZipFile:
        # A truncated torch archive: its table of contents is at the end, but the first entry's name is at the start.
        return b".pkl" in path.open("rb").read(512)
