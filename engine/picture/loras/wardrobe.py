"""Putting LoRAs on a loaded pipeline and taking them off again.

They are merged into the weights in place, and the plain weights of the touched layers are kept: painting costs nothing
more, a compiled network stays compiled, and without LoRAs the model is the plain one to the bit.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import JsonValue

from engine.models.installed import InstalledModel
from engine.picture.eight_bits import narrow, widen
from engine.picture.loras.files import LoraFile, read_lora
from engine.picture.loras.targets import Target
from engine.picture.notes import Note
from engine.protocol.errors import BadInput, BadModel
from engine.protocol.picture_options import LoraUse

if TYPE_CHECKING:
    from torch import Tensor

_FILES_KEPT = 6
_SHOWN = 4
_ROOM_BYTES = 6 * 2**30
"""With less than this free on a GPU the plain weights are kept in the computer's memory."""


@dataclass(frozen=True)
class Worn:
    """A LoRA that is to be on: what the recipe says of it, and where its file lies. `hash` names the content."""

    use: LoraUse
    path: Path
    hash: str

    @property
    def key(self) -> tuple[object, ...]:
        return self.hash, self.use.weight, tuple(sorted(self.use.blocks.items()))


@dataclass
class Wardrobe:
    """The LoRAs of one loaded pipeline. `worn` tells which are on now."""

    pipe: Any
    model: InstalledModel
    worn: tuple[tuple[object, ...], ...] = ()
    _files: OrderedDict[str, LoraFile] = field(default_factory=OrderedDict[str, LoraFile])
    _plain: dict[tuple[Target, str], Tensor] = field(default_factory=dict)

    def wear(self, loras: Sequence[Worn], check: Callable[[], None]) -> tuple[list[JsonValue], list[Note]]:
        """Have exactly these on. Gives what took effect, for the effective settings, and notes on what did not.

        `check` is called often and may raise to stop; whatever is raised, the pipeline is left plain. Raises BadModel
        for a LoRA that doesn't fit or is damaged, BadInput for a block that the model doesn't have.
        """
        files = [self._file(lora) for lora in loras]
        for lora, file in zip(loras, files, strict=True):
            _refuse_unknown_blocks(lora.use, file)
        keys = tuple(lora.key for lora in loras)
        if keys != self.worn:
            try:
                self._change([(lora.use, file) for lora, file in zip(loras, files, strict=True)], check)
            except BaseException:
                self._restore(keep=set())
                self.worn = ()
                raise
            self.worn = keys
        told = [_told(lora, file) for lora, file in zip(loras, files, strict=True)]
        notes = [note for lora, file in zip(loras, files, strict=True) for note in self._notes(lora.use.name, file)]
        return told, notes

    def _file(self, lora: Worn) -> LoraFile:
        if lora.hash in self._files:
            self._files.move_to_end(lora.hash)
            return self._files[lora.hash]
        self._files[lora.hash] = file = read_lora(lora.path, lora.use.name, self.pipe, self.model)
        while len(self._files) > _FILES_KEPT:
            self._files.popitem(last=False)
        return file

    def _change(self, loras: list[tuple[LoraUse, LoraFile]], check: Callable[[], None]) -> None:
        import torch

        wanted: dict[Target, list[tuple[float, LoraFile, str]]] = {}
        for use, file in loras:
            for target in file.changes:
                factor = use.weight * block_weight(use, target)
                if factor:
                    wanted.setdefault(target, []).append((factor, file, use.name))
        self._restore(keep=set(wanted))
        with torch.no_grad():
            for target, parts in wanted.items():
                check()
                self._merge(target, parts)

    def _merge(self, target: Target, parts: list[tuple[float, LoraFile, str]]) -> None:
        layer = self.pipe.components[target.part].get_submodule(target.path)
        widen(layer)
        for kind in ("weight", "bias"):
            value = _value(layer, kind)
            if value is None or not any(kind == "weight" or _shifts(file, target) for _, file, _ in parts):
                continue
            plain = self._plain_of(target, kind, value)
            # Merged where the network computes, in fp32: on a GPU that is the fast place.
            exact = plain.to(value.device).float()
            total = exact.clone()
            for factor, file, name in parts:
                try:
                    change = file.changes[target]
                    delta = change.weight_delta(exact) if kind == "weight" else change.tensors.get("diff_b")
                except (RuntimeError, KeyError, ValueError) as error:
                    raise BadModel(
                        f"The LoRA “{name}” is damaged at {target.path}; install it again.", details=str(error)
                    ) from error
                if delta is not None:
                    total += factor * delta.to(total)
            value.copy_(total)

    def _plain_of(self, target: Target, kind: str, value: Tensor) -> Tensor:
        key = (target, kind)
        if key not in self._plain:
            self._plain[key] = value.detach().clone() if _roomy(value) else value.detach().to("cpu", copy=True)
        return self._plain[key]

    def _restore(self, keep: set[Target]) -> None:
        """Give every layer its plain weights; forget the copies of those that are not about to change again."""
        import torch

        with torch.no_grad():
            for target, kind in [key for key in self._plain if key[0] not in keep]:
                layer = self.pipe.components[target.part].get_submodule(target.path)
                value = _value(layer, kind)
                if value is not None:
                    value.copy_(self._plain[target, kind])
                del self._plain[target, kind]
                if all((target, other) not in self._plain for other in ("weight", "bias")):
                    narrow(layer)

    def _notes(self, name: str, file: LoraFile) -> list[Note]:
        if not file.unmatched:
            return []
        shown = ", ".join(file.unmatched[:_SHOWN]) + (" …" if len(file.unmatched) > _SHOWN else "")
        count = len(file.unmatched)
        parts = "1 part" if count == 1 else f"{count} parts"
        sentence = f"The LoRA “{name}” has {parts} that “{self.model.name}” doesn't have, which had no effect: {shown}."
        return [Note("lora_unmatched", sentence, {"lora": name, "keys": list(file.unmatched)})]


def block_weight(use: LoraUse, target: Target) -> float:
    """How much the recipe lets this layer count: by the narrowest block that it names."""
    return next((use.blocks[block] for block in target.blocks if block in use.blocks), 1.0)


def _refuse_unknown_blocks(use: LoraUse, file: LoraFile) -> None:
    there = sorted({block for target in file.changes for block in target.blocks})
    unknown = [block for block in use.blocks if block not in there]
    if unknown:
        names = ", ".join(there) or "none"
        raise BadInput(
            f"The LoRA “{use.name}” changes no block “{unknown[0]}”; the blocks that it changes are {names}."
        )


def _shifts(file: LoraFile, target: Target) -> bool:
    return "diff_b" in file.changes[target].tensors


def _told(lora: Worn, file: LoraFile) -> JsonValue:
    told: dict[str, JsonValue] = {
        "name": lora.use.name,
        "hash": lora.hash,
        "weight": lora.use.weight,
        "ranks": list(file.ranks),
        "layers": len(file.changes),
        "unmatched": len(file.unmatched),
    }
    if lora.use.blocks:
        told["blocks"] = dict[str, JsonValue](lora.use.blocks)
    return told


def _value(layer: Any, kind: str) -> Tensor | None:
    """The tensor that counts: with layer-by-layer offload the layer itself is empty between its uses."""
    value = getattr(layer, kind, None)
    if value is None or not value.is_meta:
        return value
    hook = layer._hf_hook
    return hook.weights_map[kind]


def _roomy(value: Tensor) -> bool:
    import torch

    return not value.is_cuda or torch.cuda.mem_get_info(value.device)[0] > _ROOM_BYTES
