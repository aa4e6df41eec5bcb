"""What differs between families of checkpoints (SDXL, SD 1.5, Flux, …), behind one small interface.

An adaptor is a stateless object; `families.architecture_of` finds it by `InstalledModel.architecture`. SDXL's is
`engine.picture.sdxl`, the others live in `engine.picture.architectures`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from engine.models.installed import InstalledModel
from engine.picture.notes import Note

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Conditioning:
    """The words as the pipeline's call takes them (`prompt_embeds=…` and the like), and what the user should know."""

    arguments: dict[str, Any]
    notes: list[Note] = field(default_factory=list[Note])


class Architecture(Protocol):
    """How a family of checkpoints is loaded, told its words, given its noise, and read out.

    `pipe` is always the diffusers pipeline that `load` gave, or one derived from it that shares its parts.
    """

    def load(self, model: InstalledModel, shared: dict[str, Any]) -> Any:
        """The pipeline, on the processor. `shared` are keyword arguments for diffusers' `from_…` (dtype, offline).

        Errors come through as diffusers raises them; the shelf makes sentences of them.
        """
        ...

    def condition(self, pipe: Any, prompt: str, negative: str, guidance: float) -> Conditioning:
        """Encode the prompts (weights like `(word:1.2)` and any length are this function's business)."""
        ...

    def guidance(self, pipe: Any, guidance: float) -> dict[str, Any]:
        """The pipeline's own names for how strongly the prompt rules."""
        ...

    def noise_shape(self, pipe: Any, width: int, height: int) -> tuple[int, ...]:
        """The shape of the seed's noise for a picture of that size: (1, channels, h, w)."""
        ...

    def to_latents(self, pipe: Any, noise: Tensor) -> Tensor:
        """(1, channels, h, w) noise as the call's `latents` (the transformers of some families want it packed)."""
        ...

    def from_latents(self, pipe: Any, latents: Tensor, width: int, height: int) -> Tensor:
        """What the pipeline gave (or is at work on) as (1, channels, h, w) again, for decoding and previews."""
        ...

    def denoiser(self, pipe: Any) -> Any:
        """The network that is called once per step (UNet or transformer), a torch module."""
        ...
