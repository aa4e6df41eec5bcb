"""Loading a checkpoint into its pipeline, and keeping it loaded between jobs. Never goes online."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from engine.models.architectures import architecture as family
from engine.models.installed import InstalledModel
from engine.models.machine import survey
from engine.models.memory import MemoryPolicy, choose_policy, is_out_of_memory
from engine.models.speed import choose_speed
from engine.picture.architecture import Architecture, Conditioning
from engine.picture.eight_bits import keep_in_eight_bits
from engine.picture.families import architecture_of
from engine.picture.loras.wardrobe import Wardrobe
from engine.picture.tuning import Tuning
from engine.protocol.errors import BadModel

_PROMPTS_KEPT = 8
_OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DIFFUSERS_VERBOSITY": "error",
    "TRANSFORMERS_VERBOSITY": "error",
}


@dataclass
class LoadedPipeline:
    """A pipeline in memory. `preview_map` is filled when the first preview is made; `scheduler` is the checkpoint's
    own; `wardrobe` holds its LoRAs; `tuning` is how it computes faster; `words` remembers the last prompts as the text
    encoders gave them."""

    pipe: Any
    model: InstalledModel
    policy: MemoryPolicy
    load_seconds: float
    architecture: Architecture
    tuning: Tuning
    preview_map: Any = None
    scheduler: Any = None
    words: OrderedDict[object, Conditioning] = field(default_factory=OrderedDict[object, "Conditioning"])

    def __post_init__(self) -> None:
        self.scheduler = self.scheduler or self.pipe.scheduler

    @cached_property
    def wardrobe(self) -> Wardrobe:
        return Wardrobe(self.pipe, self.model)

    def condition(self, prompt: str, negative: str, guidance: float) -> Conditioning:
        """As `Architecture.condition`; what was encoded lately, with the same LoRAs on, is not encoded again."""
        key = (prompt, negative, guidance, self.wardrobe.worn)
        if key not in self.words:
            self.words[key] = self.architecture.condition(self.pipe, prompt, negative, guidance)
            while len(self.words) > _PROMPTS_KEPT:
                self.words.popitem(last=False)
        self.words.move_to_end(key)
        return self.words[key]


class PipelineShelf:
    """Keeps the pipeline that was used last, so that the next job with the same model starts at once.

    One at a time: a second model would take memory that the first one's policy counted as free.
    """

    def __init__(self) -> None:
        self._loaded: LoadedPipeline | None = None
        self._lock = threading.Lock()

    def take(self, model: InstalledModel, policy: MemoryPolicy | None = None) -> LoadedPipeline:
        """The model's pipeline, held as `policy` says; without one, as it is loaded already or as fits the machine now.

        Raises BadModel when the checkpoint can't be loaded; out-of-memory errors come through as they are.
        """
        with self._lock:
            if (fitting := self._fitting(model, policy)) is not None:
                return fitting
            # No name may hold the one before: two models would be in memory at once.
            self._drop()
            chosen = policy or choose_policy(
                survey(),
                parameters=model.parameters,
                native_size=model.native_size,
                diffuses=family(model.architecture).diffuses,
            )
            self._loaded = load(model, chosen)
            return self._loaded

    def _fitting(self, model: InstalledModel, policy: MemoryPolicy | None) -> LoadedPipeline | None:
        held = self._loaded
        if held is None or (held.model.hash, held.model.path) != (model.hash, model.path):
            return None
        if policy not in (None, held.policy):
            return None
        held.model = model  # it may have been renamed since
        return held

    @property
    def held(self) -> LoadedPipeline | None:
        """What is loaded now."""
        return self._loaded

    def release(self) -> None:
        """Give the memory back."""
        with self._lock:
            self._drop()

    def _drop(self) -> None:
        if self._loaded is None:
            return
        self._loaded = None
        import gc

        import torch

        gc.collect()
        _trim_heap()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        if torch.backends.mps.is_available():
            torch.mps.empty_cache()


def _trim_heap() -> None:
    """glibc keeps what was freed in small pieces for itself; a model's remains are hundreds of megabytes."""
    if sys.platform == "linux":
        import ctypes

        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)


SHELF = PipelineShelf()
"""This process's pipelines."""


def loaded_pipeline(model: InstalledModel) -> Any:
    """The process's pipeline of a model, loaded when it is not yet and without LoRAs. Raises BadModel."""
    loaded = SHELF.take(model)
    loaded.wardrobe.wear((), lambda: None)
    return loaded.pipe


def load(model: InstalledModel, policy: MemoryPolicy) -> LoadedPipeline:
    """Load a checkpoint as `policy` says: the same way for the starter and for a full checkpoint.

    Raises BadModel when it can't be loaded; out-of-memory errors come through as they are.
    """
    began = time.perf_counter()
    os.environ.update(_OFFLINE)
    import torch
    from diffusers.utils import logging as diffusers_logging
    from safetensors import SafetensorError
    from transformers.utils import logging as transformers_logging

    diffusers_logging.disable_progress_bar()
    transformers_logging.disable_progress_bar()

    dtype = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}[policy.dtype]
    architecture = architecture_of(model)
    try:
        pipe = architecture.load(model, {"dtype": dtype, "local_files_only": True})
        _refuse_holes(pipe, model)
    except (OSError, ValueError, RuntimeError, LookupError, TypeError, AttributeError, SafetensorError) as error:
        if is_out_of_memory(error):
            raise
        raise BadModel(
            f"The model “{model.name}” could not be loaded: its files don't fit together; install it again or choose "
            "another checkpoint.",
            details=f"{type(error).__name__}: {error}",
        ) from error
    _place(pipe, architecture.denoiser(pipe), policy)
    tuning = Tuning(pipe, architecture.denoiser(pipe), choose_speed(policy))
    pipe.set_progress_bar_config(disable=True)
    return LoadedPipeline(pipe, model, policy, time.perf_counter() - began, architecture, tuning)


def _refuse_holes(pipe: Any, model: InstalledModel) -> None:
    """A checkpoint that lacks tensors leaves parameters without values."""
    for part, network in pipe.components.items():
        parameters = network.named_parameters() if hasattr(network, "named_parameters") else ()
        empty = [name for name, value in parameters if value.is_meta]
        if empty:
            raise BadModel(
                f"The model “{model.name}” is incomplete: tensors of its {part} are missing; install a whole one.",
                details=", ".join(empty[:20]),
            )


def _place(pipe: Any, denoiser: Any, policy: MemoryPolicy) -> None:
    import torch

    if policy.dtype != "float32" and (policy.kind == "cpu" or getattr(pipe.vae.config, "force_upcast", True)):
        # SDXL's VAE overflows in fp16 and shows bands in bf16; it is small enough to decode in fp32.
        pipe.vae.to(dtype=torch.float32)
    if policy.vae_tiling:
        pipe.vae.enable_tiling()
        pipe.vae.enable_slicing()
    if policy.storage == "eight bits":
        keep_in_eight_bits(denoiser)
    if policy.offload == "group":
        fetch_layers_ahead(pipe, policy.device)
    elif policy.offload == "model":
        pipe.enable_model_cpu_offload(device=policy.device)
    elif policy.offload == "sequential":
        pipe.enable_sequential_cpu_offload(device=policy.device)
    elif policy.kind != "cpu":
        pipe.to(policy.device)


def fetch_layers_ahead(pipe: Any, device: str) -> None:
    """Keep the layers in main memory; each is fetched while the one before it computes, where the device has streams.

    The VAE stays on the device: it is small, and decodes without the call that would fetch its layers.
    """
    import torch

    streams = torch.device(device).type == "cuda"
    pipe.enable_group_offload(
        onload_device=torch.device(device),
        offload_type="leaf_level",
        use_stream=streams,
        record_stream=streams,
        low_cpu_mem_usage=True,
        exclude_modules=["vae"],
    )
