"""What is watched while a pipeline runs: the user's cancel, where the time goes, and the picture that is emerging."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from types import TracebackType
from typing import TYPE_CHECKING, Any

from engine.protocol.errors import Cancelled

if TYPE_CHECKING:
    from diffusers.pipelines.stable_diffusion_xl.pipeline_stable_diffusion_xl import StableDiffusionXLPipeline


class Watch:
    """While entered, a cancel stops the pipeline at the next block of a network, well within a denoising step.

    Attributes: `seconds` by part ("text", "unet"); `clean`: the scheduler's latest guess at the finished latents.
    """

    def __init__(self, pipe: StableDiffusionXLPipeline, cancelled: Callable[[], bool]) -> None:
        self._pipe: Any = pipe
        self._cancelled = cancelled
        self._hooks: list[Any] = []
        self._began = 0.0
        self.seconds: dict[str, float] = {"text": 0.0, "unet": 0.0}
        self.clean: Any = None

    def __enter__(self) -> Watch:
        pipe = self._pipe
        decoder = pipe.vae.decoder
        for block in (*pipe.unet.down_blocks, pipe.unet.mid_block, *pipe.unet.up_blocks, *decoder.up_blocks):
            if block is not None:
                self._hooks.append(block.register_forward_pre_hook(self._stop_if_cancelled))
        for part, name in ((pipe.text_encoder, "text"), (pipe.text_encoder_2, "text"), (pipe.unet, "unet")):
            self._hooks.append(part.register_forward_pre_hook(self._start))
            self._hooks.append(part.register_forward_hook(self._stopper(name)))
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
