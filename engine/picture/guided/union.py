"""ControlNet Union: one network for many kinds of map, used as if it were one for a single kind."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import torch
from diffusers.models.controlnets.controlnet_union import ControlNetUnionModel
from torch import Tensor, nn

from engine.protocol.picture_options import ControlKind

_NUMBERS = {ControlKind.POSE: 0, ControlKind.DEPTH: 1, ControlKind.LINE_ART: 3, ControlKind.CANNY: 3}
"""As xinsir's union networks, the published ones, count their tasks."""


def is_union(tensors: dict[str, Any]) -> bool:
    return "task_embedding" in tensors


def union_like(form: dict[str, Any], tensors: dict[str, Tensor]) -> Any:
    """An empty union network: `form` is the configuration of an ordinary ControlNet for the checkpoint, and what is
    particular to unions is read off the tensors. Make it on the meta device."""
    tasks, width = tensors["task_embedding"].shape
    layers = {match[1] for name in tensors if (match := re.match(r"transformer_layes\.(\d+)\.", name))}
    return ControlNetUnionModel.from_config(
        form
        | {
            "num_control_type": int(tasks),
            "num_trans_channel": int(width),
            "num_trans_layer": len(layers),
            "num_proj_channel": int(tensors["spatial_ch_projs.weight"].shape[0]),
        }
    )


def for_kind(network: Any, kind: ControlKind) -> Any:
    """The network as it is, or a union's part for that kind of map."""
    return OneOfMany(network, _NUMBERS[kind]) if isinstance(network, ControlNetUnionModel) else network


class OneOfMany(nn.Module):
    """A union network that is always shown the same kind of map; it is called like an ordinary ControlNet."""

    config = SimpleNamespace(global_pool_conditions=False)

    def __init__(self, union: ControlNetUnionModel, number: int) -> None:
        super().__init__()
        self.union = union
        self.number = number

    def forward(
        self,
        sample: Tensor,
        timestep: Any,
        encoder_hidden_states: Tensor,
        controlnet_cond: Tensor,
        conditioning_scale: float = 1.0,
        added_cond_kwargs: dict[str, Tensor] | None = None,
        guess_mode: bool = False,
        return_dict: bool = True,
        **_unused: Any,
    ) -> Any:
        task = torch.zeros(sample.shape[0], self.union.config["num_control_type"]).to(sample)
        task[:, self.number] = 1
        return self.union(
            sample,
            timestep,
            encoder_hidden_states,
            controlnet_cond=[controlnet_cond],
            control_type=task,
            control_type_idx=[self.number],
            conditioning_scale=conditioning_scale,
            added_cond_kwargs=added_cond_kwargs,
            guess_mode=guess_mode,
            return_dict=return_dict,
        )
