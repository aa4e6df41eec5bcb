"""A diffusion model's noise schedule: noised latents, what the network should answer, and how much each answer weighs.

The weight is min-SNR (Hang et al. 2023, "Efficient Diffusion Training via Min-SNR Weighting Strategy").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.protocol.errors import BadModel

if TYPE_CHECKING:
    from torch import Tensor

ENOUGH_SIGNAL = 5.0


@dataclass(frozen=True)
class Schedule:
    """`signal` (times,) is the share of the clean latents' variance at each time; `answer` what the network gives."""

    signal: Tensor
    answer: str

    @classmethod
    def of(cls, scheduler: Any) -> Schedule:
        """From a pipeline's scheduler. Raises BadModel for one that tells neither noise nor velocity."""
        answer = str(scheduler.config.prediction_type)
        if answer not in ("epsilon", "v_prediction"):
            raise BadModel(f"LoRAs can't be trained on a model that predicts {answer}; choose another checkpoint.")
        return cls(scheduler.alphas_cumprod.float().cpu(), answer)

    @property
    def times(self) -> int:
        return len(self.signal)

    def noised(self, clean: Tensor, noise: Tensor, times: Tensor) -> Tensor:
        root, rest = self._roots(clean, times)
        return root * clean + rest * noise

    def wanted(self, clean: Tensor, noise: Tensor, times: Tensor) -> Tensor:
        """What the network should answer for `noised(clean, noise, times)`."""
        if self.answer == "epsilon":
            return noise
        root, rest = self._roots(clean, times)
        return root * noise - rest * clean

    def weights(self, times: Tensor) -> Tensor:
        """(n,) weights of the squared errors at `times`; finite down to pure noise."""
        signal = self.signal.to(times.device)[times]
        ratio = signal / (1 - signal).clamp(min=1e-8)
        least = ratio.clamp(max=ENOUGH_SIGNAL)
        return least / ratio.clamp(min=1e-8) if self.answer == "epsilon" else (least + 1) / (ratio + 1)

    def loss(self, answer: Tensor, clean: Tensor, noise: Tensor, times: Tensor) -> Tensor:
        """The weighted mean squared error of the network's `answer`, a scalar."""
        squares = (answer.float() - self.wanted(clean, noise, times).float()).square().mean((1, 2, 3))
        return (squares * self.weights(times)).mean()

    def _roots(self, clean: Tensor, times: Tensor) -> tuple[Tensor, Tensor]:
        signal = self.signal.to(clean.device)[times][:, None, None, None]
        return signal.sqrt(), (1 - signal).sqrt()
