"""The heavy imports, done in the background from the first moment of the GPU lane, while the handshake is answered."""

from __future__ import annotations

import threading
from collections.abc import Callable

from engine.protocol.errors import Cancelled

_GLANCE_SECONDS = 0.05


class TorchWarmup:
    """Imports torch and the SDXL pipeline once. Nothing else may import them meanwhile: `wait` comes first, for two
    threads that import one package from both ends can meet half-made modules."""

    def __init__(self) -> None:
        self._done = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._import, name="warmup", daemon=True)
        self._thread.start()

    def wait(self, cancelled: Callable[[], bool]) -> None:
        """Return when the imports are done, or at once where they were never started. Raises Cancelled."""
        while self._thread is not None and not self._done.wait(_GLANCE_SECONDS):
            if cancelled():
                raise Cancelled("The job was cancelled.")

    def _import(self) -> None:
        try:
            from diffusers.pipelines.stable_diffusion_xl.pipeline_stable_diffusion_xl import (  # noqa: F401
                StableDiffusionXLPipeline,  # pyright: ignore[reportUnusedImport]
            )
        finally:
            # A failed import is met again, and reported, by the step that needs it.
            self._done.set()
