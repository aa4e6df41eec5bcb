"""Train the joint finder on builder drawings, as drawn and as the starter's autoencoder gives them back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from engine.motion.joint_net import HEATMAP_SIZE, JointNet, soft_argmax
from engine.protocol.mascot import JOINT_NAMES
from engine.training.judges.augment import random_affine, soften, warp, warp_points
from engine.training.judges.classifier import to_batch
from engine.training.judges.drawings import Drawings
from engine.training.judges.fit import device, fit
from engine.training.judges.save import save_network

SIGMA_CELLS = 1.2
WIDTH = 32


def target_heatmaps(points: Tensor) -> Tensor:
    """Gaussian heatmaps (n, joints, 32, 32) for points (n, joints, 2) in 0..1; all zero for a NaN point."""
    cells = (torch.arange(HEATMAP_SIZE, device=points.device) + 0.5) / HEATMAP_SIZE
    sigma = SIGMA_CELLS / HEATMAP_SIZE
    x = torch.exp(-((cells - points[..., 0:1]) ** 2) / (2 * sigma**2))
    y = torch.exp(-((cells - points[..., 1:2]) ** 2) / (2 * sigma**2))
    return torch.nan_to_num(y[..., :, None] * x[..., None, :], nan=0.0)


def train_joints(drawings: Drawings, work: Path, *, steps: int, batch: int = 64) -> JointNet:
    torch.manual_seed(0)
    net = JointNet(len(JOINT_NAMES), WIDTH).to(device())
    joints = torch.from_numpy(drawings.joints)

    def loss_of_step(step: int) -> Tensor:
        generator = torch.Generator().manual_seed(step)
        rows = torch.randint(len(drawings.pictures), (batch,), generator=generator).sort().values
        matrices = random_affine(batch, generator)
        pictures = soften(warp(to_batch(drawings.pictures[rows.numpy()]), matrices), generator)
        target = target_heatmaps(warp_points(joints[rows], matrices).to(device()))
        logits = net(pictures).float()
        # Few cells are near a joint: they weigh more, or an empty map would be a good answer.
        weight = 1 + 30 * target
        return functional.binary_cross_entropy_with_logits(logits, target, weight)

    fit("joints", net, loss_of_step, steps=steps, lr=2e-3, checkpoint=work / "joints.pt")
    return net


@torch.inference_mode()
def joint_errors(net: JointNet, pictures: NDArray[np.uint8], joints: NDArray[np.float32]) -> NDArray[np.float32]:
    """Distance of each found joint from the true one, share of the picture's side, (n, joints), NaN where absent."""
    found = [
        soft_argmax(net(to_batch(pictures[i : i + 64])).float())[0].cpu().numpy() for i in range(0, len(pictures), 64)
    ]
    return np.linalg.norm(np.concatenate(found) - joints, axis=-1).astype(np.float32)


def save_joints(net: JointNet, folder: Path, report: dict[str, float]) -> None:
    save_network(net, folder, {"joints": JOINT_NAMES, "width": WIDTH, "error_on_drawings": report})
