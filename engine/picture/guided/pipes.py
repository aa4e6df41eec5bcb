"""What the pipelines behind a guided call do otherwise than diffusers' own.

They start from given latents and keep what must not change. They are img2img pipelines at all strengths: at strength
1 the start is forgotten and the way is that of the plain pipeline. What lies outside a mask is put back after every
step at that step's noise; the soft edge of a mask is let go step by step, as in Differential Diffusion (Levin and
Fried, 2023), since a mixture of two noises is no noise.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Generator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import torch
from diffusers.image_processor import VaeImageProcessor
from torch import Tensor

from engine.picture.guided.reference import References

StepEnd = Callable[[Any, int, Any, dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True)
class Plan:
    """`clean` (1, c, h, w): the start's latents. `free` (1, 1, h, w) in 0..1: how freely a place may change, None for
    everywhere. `hole` (1, 1 + c, h, w): mask and the latents around it, for a UNet that was trained to see them.
    `steps` of a schedule of `schedule_steps` are taken, its last ones; `forget`: nothing of the start is kept.
    `device` is where the pipeline computes."""

    clean: Tensor
    device: str
    steps: int
    schedule_steps: int
    forget: bool
    free: Tensor | None = None
    hole: Tensor | None = None
    references: References | None = None


class Guided:
    """Mixed into an img2img pipeline of diffusers; see `follow`."""

    plan: Plan
    _noise: Tensor
    _timesteps: Tensor

    @property
    def _execution_device(self) -> torch.device:
        # diffusers reads it off the parts' offload hooks, which ControlNets here have none of.
        return torch.device(self.plan.device)

    def follow(self: Any, plan: Plan) -> None:
        """Paint as `plan` says from now on."""
        self.plan = plan
        # The processor must take latents of any number of channels for what they are.
        self.image_processor = VaeImageProcessor(
            vae_scale_factor=self.vae_scale_factor, vae_latent_channels=plan.clean.shape[1]
        )
        self.set_progress_bar_config(disable=True)

    def get_timesteps(
        self: Any, num_inference_steps: int, strength: float, device: Any, denoising_start: Any = None
    ) -> tuple[Tensor, int]:
        begin = max(0, num_inference_steps - self.plan.steps) * self.scheduler.order
        self._timesteps = self.scheduler.timesteps[begin:]
        if hasattr(self.scheduler, "set_begin_index"):
            self.scheduler.set_begin_index(begin)
        return self._timesteps, num_inference_steps - begin // self.scheduler.order

    def prepare_latents(
        self: Any,
        image: Tensor,
        timestep: Tensor,
        batch_size: int,
        num_images_per_prompt: int,
        dtype: Any,
        device: Any,
        generator: Any = None,
        add_noise: bool = True,
    ) -> Tensor:
        noise = self._noise.to(device=device, dtype=dtype)
        if self.plan.forget:
            return noise * getattr(self.scheduler, "init_noise_sigma", 1.0)
        return self._noisy(image.to(device=device, dtype=dtype), timestep)

    def _noisy(self: Any, clean: Tensor, timestep: Tensor) -> Tensor:
        """The start with as much noise as there is at a time; schedulers that match flow name it otherwise."""
        add = getattr(self.scheduler, "scale_noise", None)
        if add is not None:
            return add(clean, timestep, self._noise.to(clean))
        return self.scheduler.add_noise(clean, self._noise.to(clean), timestep)

    def packed(self, values: Tensor) -> Tensor:
        """(1, c, h, w) as this family's latents go through its network."""
        return values

    def prepare_ip_adapter_image_embeds(
        self: Any,
        ip_adapter_image: Any,
        ip_adapter_image_embeds: Any,
        device: Any,
        num_images_per_prompt: int,
        do_classifier_free_guidance: bool,
    ) -> list[Tensor]:
        references: References = self.plan.references
        seen = references.pairs if do_classifier_free_guidance else references.embeddings
        return [tensor.to(device) for tensor in seen]

    def _kept(self: Any, latents: Tensor, index: int) -> Tensor:
        """The latents after a step, with the start put back where it must not change yet."""
        free, last = self.plan.free, index + 1 >= len(self._timesteps)
        between = not getattr(self.scheduler, "state_in_first_order", True)
        if free is None or (between and not last):
            return latents  # between the two halves of a second-order step is no known noise
        clean = self.packed(self.plan.clean).to(latents)
        kept = clean if last else self._noisy(clean, self._timesteps[index + 1].reshape(1)).to(latents)
        let_go = (free > 1 - (index + 1) / len(self._timesteps)) if not last else free > 0
        everywhere = self.packed(let_go.expand(-1, self.plan.clean.shape[1], -1, -1))
        return torch.where(everywhere.to(latents.device), latents, kept)


def call_of(base: Any) -> Any:
    """The base pipeline's call, made to follow the plan; it shows the base's parameters, less what the plan decides."""
    parameters = inspect.signature(base.__call__)
    decided = ("width", "height", "image", "strength")

    def call(
        self: Any, *, latents: Tensor, callback_on_step_end: StepEnd | None = None, **arguments: Any
    ) -> tuple[Tensor]:
        """`latents` is plain noise of the plan's size; the rest is as for the plain pipeline."""
        plan: Plan = self.plan
        self._noise = latents[:, : plan.clean.shape[1]] if latents.ndim == 4 else latents

        def after_step(this: Any, index: int, timestep: Any, values: dict[str, Any]) -> dict[str, Any]:
            values = {**values, "latents": self._kept(values["latents"], index)}
            return callback_on_step_end(this, index, timestep, values) if callback_on_step_end else values

        arguments = {name: value for name, value in arguments.items() if name in parameters.parameters}
        arguments |= {"image": plan.clean, "strength": 1.0, "num_inference_steps": plan.schedule_steps}
        if plan.references:
            arguments["ip_adapter_image_embeds"] = plan.references.embeddings
        with _holes_shown(self, plan), plan.references.attached(self) if plan.references else nullcontext():
            return base.__call__(self, callback_on_step_end=after_step, **arguments)

    kept = [parameter for name, parameter in parameters.parameters.items() if name not in decided]
    if "latents" not in parameters.parameters:
        variadic = [parameter for parameter in kept if parameter.kind is inspect.Parameter.VAR_KEYWORD]
        named = [parameter for parameter in kept if parameter.kind is not inspect.Parameter.VAR_KEYWORD]
        kept = [*named, inspect.Parameter("latents", inspect.Parameter.KEYWORD_ONLY), *variadic]
    vars(call)["__signature__"] = parameters.replace(parameters=kept)
    return call


@contextmanager
def _holes_shown(pipe: Any, plan: Plan) -> Generator[None]:
    """While inside, the UNet of an inpainting checkpoint sees mask and surroundings beside the latents."""
    if plan.hole is None:
        yield
        return
    hole = plan.hole

    def show(module: Any, positional: tuple[Any, ...], named: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        latents = positional[0]
        beside = hole.to(latents).expand(latents.shape[0], -1, -1, -1)
        return (torch.cat([latents, beside], 1), *positional[1:]), named

    handle = pipe.unet.register_forward_pre_hook(show, with_kwargs=True)
    try:
        yield
    finally:
        handle.remove()
