"""The header of a safetensors file: names, types and shapes of its tensors, read without loading any of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from engine.models.file_kinds import refuse_other_files
from engine.protocol.errors import BadModel

MAX_HEADER_BYTES = 100_000_000
_BITS = {
    "BOOL": 8, "U8": 8, "I8": 8, "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6,
    "U16": 16, "I16": 16, "F16": 16, "BF16": 16, "U32": 32, "I32": 32, "F32": 32, "U64": 64, "I64": 64, "F64": 64,
    "C64": 64,
}  # fmt: skip


@dataclass(frozen=True)
class Tensor:
    """One entry of the header; `begin` and `end` are byte offsets after the header."""

    dtype: str
    shape: tuple[int, ...]
    begin: int
    end: int


@dataclass(frozen=True)
class Header:
    tensors: dict[str, Tensor]
    metadata: dict[str, str]

    @property
    def parameters(self) -> int:
        return sum(prod(tensor.shape) for tensor in self.tensors.values())


def read_header(path: Path) -> Header:
    """Read and check the header of a .safetensors file.

    Raises BadModel with a sentence when the file is a pickle, something else, truncated (it says how many bytes are
    missing), or inconsistent.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(512)
        refuse_other_files(path, start)
        length = int.from_bytes(start[:8], "little")
        if not 2 <= length <= MAX_HEADER_BYTES:
            raise BadModel(f"{path.name} is not a model: it is no safetensors file; choose a .safetensors checkpoint.")
        if 8 + length > size:
            raise _truncated(path, 8 + length - size, "at least ")
        file.seek(8)
        raw = file.read(length)
    try:
        entries: Any = json.loads(raw)
        if not isinstance(entries, dict):
            raise TypeError("the header is no object")
        metadata = {str(k): str(v) for k, v in dict[Any, Any](entries.pop("__metadata__", None) or {}).items()}
        tensors = {name: _tensor(entry) for name, entry in entries.items()}
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _damaged(path, str(error)) from error
    _check_layout(path, tensors, size - 8 - length)
    return Header(tensors, metadata)


def _tensor(entry: dict[str, Any]) -> Tensor:
    shape = tuple(entry["shape"])
    begin, end = entry["data_offsets"]
    if any(type(value) is not int or value < 0 for value in (*shape, begin, end)):
        raise ValueError("a negative or fractional size")
    if entry["dtype"] not in _BITS:
        raise ValueError(f"unknown type {entry['dtype']}")
    if (end - begin) * 8 != prod(shape) * _BITS[entry["dtype"]]:
        raise ValueError("a tensor's size and shape disagree")
    return Tensor(entry["dtype"], shape, begin, end)


def _check_layout(path: Path, tensors: dict[str, Tensor], data_bytes: int) -> None:
    position = 0
    for name, tensor in sorted(tensors.items(), key=lambda item: (item[1].begin, item[1].end)):
        if tensor.begin != position:
            raise _damaged(path, f"a gap or an overlap at {name}")
        position = tensor.end
    if position > data_bytes:
        raise _truncated(path, position - data_bytes)
    if position < data_bytes:
        raise _damaged(path, f"{data_bytes - position} bytes too many")


def _truncated(path: Path, missing: int, prefix: str = "") -> BadModel:
    noun = "byte is" if missing == 1 else "bytes are"
    return BadModel(f"{path.name} is truncated: {prefix}{missing:,} {noun} missing at its end; download it again.")


def _damaged(path: Path, details: str) -> BadModel:
    return BadModel(f"{path.name} is damaged: its table of tensors makes no sense; download it again.", details=details)
