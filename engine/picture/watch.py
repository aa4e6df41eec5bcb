"""What is watched while a pipeline runs: the user's cancel, where the time goes, and the picture that is emerging."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from types import TracebackType
from typing import Any

from engine.protocol.errors import Cancelled


class Watch:
    """While entered, a cancel stops the pipeline at the next block of a network, well within a denoising step.

    Attributes: `seconds` by part ("text", and "unet" for the denoiser of whatever kind); `clean`: the scheduler's
    latest guess at the finished latents.
    """

    def __init__(self, pipe: Any, denoiser: Any, cancelled: Callable[[], bool]) -> None:
        self._pipe = pipe
        self._denoiser = denoiser
        self._cancelled = cancelled
        self._hooks: list[Any] = []
        self._began = 0.0
        self.seconds: dict[str, float] = {"text": 0.0, "unet": 0.0}
        self.clean: Any = None

    def __enter__(self) -> Watch:
        parts = self._pipe.components
        for block in (*_blocks(self._denoiser), *_blocks(parts["vae"].decoder)):
            self._hooks.append(block.register_forward_pre_hook(self._stop_if_cancelled))
        encoders = [network for name, network in parts.items() if name.startswith("text_encoder") and network]
        for network, name in (*((encoder, "text") for encoder in encoders), (self._denoiser, "unet")):
            self._hooks.append(network.register_forward_pre_hook(self._start))
            self._hooks.append(network.register_forward_hook(self._stopper(name)))
        self._keep_clean_latents()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for hook in self._hooks:
            hook.remove()
        del self._pipe.scheduler.step
        self._pipe.maybe_free_model_hooks()

    def check(self) -> None:
        """Raises Cancelled when the user has cancelled."""
        if self._cancelled():
            raise Cancelled("The picture was cancelled.")

    def _stop_if_cancelled(self, module: Any, arguments: Any) -> None:
        self.check()

    def _start(self, module: Any, arguments: Any) -> None:
        self.check()
        self._began = time.perf_counter()

    def _stopper(self, name: str) -> Callable[..., None]:
        def stop(module: Any, arguments: Any, output: Any) -> None:
            self.seconds[name] += time.perf_counter() - self._began

        return stop

    def _keep_clean_latents(self) -> None:
        """Schedulers know at each step what the finished latents would be; the pipeline throws that away."""
        scheduler = self._pipe.scheduler
        step = scheduler.step

        @wraps(step)
        def keeping(*args: Any, **kwargs: Any) -> Any:
            out = step(*args, **kwargs)
            values: list[Any] = list(out)
            guesses = [latents for latents in getattr(scheduler, "model_outputs", ()) if latents is not None]
            self.clean = values[1] if len(values) > 1 else guesses[-1] if guesses else values[0]
            return out

        scheduler.step = keeping


def _blocks(network: Any) -> list[Any]:
    """The parts that a network runs one after another, a share of its work each."""
    lists = [child for child in network.children() if type(child).__name__ == "ModuleList"]
    middle = getattr(network, "mid_block", None)
    return [block for blocks in lists for block in blocks] + ([] if middle is None else [middle])
