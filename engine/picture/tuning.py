"""The faster ways of computing, put on a loaded pipeline as `engine.models.speed` decided."""

from __future__ import annotations

from typing import Any

from engine.models.speed import SpeedPolicy


class Tuning:
    """The speed options of one pipeline. Attributes: `policy`; `fused` and `compiled` tell what is on now."""

    def __init__(self, pipe: Any, denoiser: Any, policy: SpeedPolicy) -> None:
        self.policy = policy
        self.fused = False
        self.compiled = False
        self._pipe = pipe
        self._denoiser = denoiser
        if policy.channels_last:
            import torch

            for network in (denoiser, pipe.vae):
                if _convolves_in_two_dimensions(network):
                    network.to(memory_format=torch.channels_last)

    def before_loras(self) -> None:
        """The weights are about to change: fused q, k and v are copies that would keep the old ones."""
        if self.fused:
            self._denoiser.unfuse_qkv_projections()
            self.fused = False

    def for_picture(self, *, loras: bool) -> None:
        """Just before a picture is made, with LoRAs on or not."""
        if self.policy.fused and not loras and not self.fused and hasattr(self._denoiser, "fuse_qkv_projections"):
            self._denoiser.fuse_qkv_projections()
            self.fused = True

    def compile(self, **options: Any) -> bool:
        """After a picture: have the repeated blocks compiled at the next pass. True when that is still to be paid.
        `options` go to torch's compiler."""
        if self.compiled or not self.policy.compiled or not getattr(self._denoiser, "_repeated_blocks", None):
            return False
        self._denoiser.compile_repeated_blocks(**({"fullgraph": True} | options))
        self.compiled = True
        return True

    def give_up_compiling(self) -> None:
        """Go on with the plain blocks, and don't try again."""
        for module in self._denoiser.modules():
            module._compiled_call_impl = None


def _convolves_in_two_dimensions(network: Any) -> bool:
    kinds = {type(module).__name__ for module in network.modules()}
    return "Conv2d" in kinds and "Conv3d" not in kinds
