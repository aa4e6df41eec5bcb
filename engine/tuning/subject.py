"""The network in training: a checkpoint's UNet with a LoRA on it, its words as embeddings, its pictures."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from engine.models.installed import InstalledModel
from engine.models.memory import MemoryPolicy
from engine.picture.pipeline import SHELF, load
from engine.tuning.noising import Schedule
from engine.tuning.policy import TuningPolicy

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

ADAPTER = "default"
_PIXELS_AT_ONCE = 8 * 256**2


class Words:
    """Texts as SDXL reads them, each encoded once: hidden states (1, tokens, width) and a pooled embedding (1, width).
    None stands for the zeros that the pipeline puts where nothing is said."""

    def __init__(self, pipe: Any) -> None:
        self._pipe = pipe
        self._known: dict[str | None, tuple[Tensor, Tensor]] = {}

    def learn(self, texts: Sequence[str | None], device: str) -> None:
        """Encode texts; afterwards the text encoders may go."""
        import torch

        with torch.no_grad():
            for text in texts:
                if text in self._known:
                    continue
                states, _, pooled, _ = self._pipe.encode_prompt(
                    prompt=text or "", device=device, num_images_per_prompt=1, do_classifier_free_guidance=False
                )
                made = (states, pooled) if text is not None else (torch.zeros_like(states), torch.zeros_like(pooled))
                self._known[text] = (made[0].to(device), made[1].to(device))

    def of(self, texts: Sequence[str | None]) -> tuple[Tensor, Tensor]:
        """(n, tokens, width) and (n, width). Raises KeyError for a text that was not learnt."""
        import torch

        found = [self._known[text] for text in texts]
        return torch.cat([states for states, _ in found]), torch.cat([pooled for _, pooled in found])


class Subject:
    """Made by `load_subject`. `parameters` are the LoRA's, float32."""

    def __init__(self, pipe: Any, policy: TuningPolicy) -> None:
        import torch

        self.pipe = pipe
        self.policy = policy
        self.unet: Any = pipe.unet
        self.words = Words(pipe)
        self.schedule = Schedule.of(pipe.scheduler)
        self.parameters: list[Any] = [value for value in self.unet.parameters() if value.requires_grad]
        side = policy.resolution
        self._size = torch.tensor([[side, side, 0, 0, side, side]], device=policy.device, dtype=torch.float32)

    def answer(self, noised: Tensor, times: Tensor, texts: Sequence[str | None]) -> Tensor:
        """What the network says to (n, c, h, w) noised latents at `times` (n,)."""
        states, pooled = self.words.of(texts)
        added = {"text_embeds": pooled, "time_ids": self._size.expand(len(noised), 6).to(pooled.dtype)}
        with self.computing():
            return self.unet(noised, times, states, added_cond_kwargs=added).sample

    def computing(self) -> AbstractContextManager[object]:
        """Lower precision where the policy says so; the weights that learn stay float32."""
        import torch

        if self.policy.precision == "float32":
            return nullcontext()
        return torch.autocast(self.policy.device.partition(":")[0], getattr(torch, self.policy.precision))

    @contextmanager
    def without_lora(self) -> Generator[None]:
        self.unet.disable_adapters()
        try:
            yield
        finally:
            self.unet.enable_adapters()

    def encode(self, pictures: Tensor) -> Tensor:
        """(n, channels, h, w) in -1..1 → scaled latents, float32 on the processor."""
        import torch

        vae = self.pipe.vae
        at_once = max(1, _PIXELS_AT_ONCE // self.policy.resolution**2)
        with torch.no_grad():
            parts = [vae.encode(some.to(vae.device, vae.dtype)).latent_dist.mode() for some in pictures.split(at_once)]
        found = torch.cat(parts)
        shift = getattr(vae.config, "shift_factor", None) or 0.0
        return ((found.float() - shift) * vae.config.scaling_factor).cpu()

    def paint(
        self,
        text: str,
        seed: int,
        *,
        steps: int = 0,
        guidance: float = 4.0,
        check: Callable[[], None] = lambda: None,
    ) -> np.ndarray[Any, Any]:
        """A picture with the network as it is now: (h, w, 3 or 4) float32 in 0..1, four channels premultiplied.

        The text and None must have been learnt. `steps` of 0 are the policy's. `check` is called at every step and
        may raise.
        """
        import copy

        import torch

        from engine.picture.latents import decode

        scheduler = copy.deepcopy(self.pipe.scheduler)
        scheduler.set_timesteps(steps or self.policy.sample_steps, device=self.policy.device)
        side = self.policy.resolution // int(self.pipe.vae_scale_factor)
        generator = torch.Generator().manual_seed(seed)
        latents = torch.randn((1, self.unet.config.in_channels, side, side), generator=generator)
        latents = latents.to(self.policy.device) * scheduler.init_noise_sigma
        training = self.unet.training
        self.unet.eval()
        with torch.no_grad():
            for time in scheduler.timesteps:
                check()
                given = scheduler.scale_model_input(torch.cat([latents, latents]), time)
                both = self.answer(given, time.expand(2).to(given.device), [None, text]).float()
                told = both[:1] + guidance * (both[1:] - both[:1])
                latents = scheduler.step(told, time, latents, return_dict=False)[0]
        self.unet.train(training)
        device = self.pipe.vae.device
        return decode(self.pipe, latents.to(device))


def load_subject(model: InstalledModel, policy: TuningPolicy) -> Subject:
    """Load a checkpoint and put a fresh LoRA on its UNet. The process's pipeline for pictures gives its memory back.

    Raises BadModel; out-of-memory errors come through as they are.
    """
    import torch
    from peft import LoraConfig

    SHELF.release()
    # Held on the processor first: only what is needed goes to the device, one part after the other.
    keep = "float32" if policy.device == "cpu" else policy.precision
    pipe: Any = load(model, MemoryPolicy("cpu", keep, "none", False, "for training")).pipe
    unet = pipe.unet.requires_grad_(False)
    torch.manual_seed(0)
    unet.add_adapter(
        LoraConfig(r=policy.rank, lora_alpha=policy.rank, target_modules=list(policy.targets)), adapter_name=ADAPTER
    )
    for value in unet.parameters():
        if value.requires_grad:
            value.data = value.data.float()
    if policy.checkpointing:
        unet.enable_gradient_checkpointing()
    return Subject(pipe, policy)
