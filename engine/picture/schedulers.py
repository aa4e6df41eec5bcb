"""Schedulers by name, built on the checkpoint's own scheduler settings (noise schedule, prediction type, zero SNR)."""

from __future__ import annotations

from typing import Any

from engine.models.few_steps import Defaults
from engine.models.installed import InstalledModel
from engine.protocol.errors import BadInput
from engine.protocol.picture_options import Scheduler

_FLOWING = (Scheduler.AUTO, Scheduler.FLOW_MATCH, Scheduler.EULER)
_KARRAS = {"use_karras_sigmas": True}
_CLASSES: dict[Scheduler, tuple[str, str, dict[str, Any]]] = {
    Scheduler.EULER: ("euler_discrete", "EulerDiscreteScheduler", {}),
    Scheduler.EULER_A: ("euler_ancestral_discrete", "EulerAncestralDiscreteScheduler", {}),
    Scheduler.DPMPP_2M: ("dpmsolver_multistep", "DPMSolverMultistepScheduler", {"algorithm_type": "dpmsolver++"}),
    Scheduler.DPMPP_2M_KARRAS: (
        "dpmsolver_multistep", "DPMSolverMultistepScheduler", {"algorithm_type": "dpmsolver++", **_KARRAS},
    ),
    Scheduler.DPMPP_SDE_KARRAS: (
        "dpmsolver_multistep", "DPMSolverMultistepScheduler", {"algorithm_type": "sde-dpmsolver++", **_KARRAS},
    ),
    Scheduler.UNIPC: ("unipc_multistep", "UniPCMultistepScheduler", {}),
    Scheduler.DDIM: ("ddim", "DDIMScheduler", {"clip_sample": False, "set_alpha_to_one": True}),
    Scheduler.LCM: ("lcm", "LCMScheduler", {"clip_sample": False}),
    Scheduler.TCD: ("tcd", "TCDScheduler", {"clip_sample": False}),
}  # fmt: skip
_DISTILLED = (Scheduler.LCM, Scheduler.TCD)
_DISTILLED_GRID = 50
TCD_ETA = 0.3
"""TCD's share of fresh noise, as its authors recommend."""


def flows(base: Any) -> bool:
    """Whether a checkpoint's scheduler says that it matches flow instead of predicting noise."""
    return "FlowMatch" in type(base).__name__ or base.config.get("prediction_type") == "flow_prediction"


def scheduler_for(choice: Scheduler, steps: int, base: Any, model: InstalledModel, few: Defaults | None = None) -> Any:
    """The scheduler for `choice`, with every setting of the checkpoint's own, `base`, that it shares.

    `few`: what few-step LoRAs (or the model itself, being one) ask for; AUTO follows it. Raises BadInput when the
    model can't be used with it.
    """
    if flows(base):
        if choice not in _FLOWING:
            usable = " or ".join(kind.value for kind in _FLOWING)
            raise BadInput(f"“{model.name}” matches flow and can't use the scheduler {choice.value}; choose {usable}.")
        return base
    if choice is Scheduler.FLOW_MATCH:
        raise BadInput(f"“{model.name}” predicts noise and can't use the scheduler flow-match; choose auto or another.")
    if choice is Scheduler.AUTO and few is not None:
        choice = few.scheduler or choice
    if choice is Scheduler.AUTO:
        return base
    return _build(choice, steps, base, trailing=few is not None and few.trailing)


def _build(choice: Scheduler, steps: int, base: Any, *, trailing: bool) -> Any:
    import importlib

    module, name, changes = _CLASSES[choice]
    changes = {"use_karras_sigmas": False, **changes}
    if trailing and choice not in _DISTILLED:
        changes["timestep_spacing"] = "trailing"
    if choice in _DISTILLED:
        changes["original_inference_steps"] = max(_DISTILLED_GRID, steps)
    kind = getattr(importlib.import_module(f"diffusers.schedulers.scheduling_{module}"), name)
    return kind.from_config(base.config, **changes)


def step_arguments(scheduler: Any) -> dict[str, Any]:
    """What the pipeline's call is to pass on to the scheduler's steps."""
    return {"eta": TCD_ETA} if type(scheduler).__name__ == "TCDScheduler" else {}
