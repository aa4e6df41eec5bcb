"""The identity measure: an embedding in which one character's pictures lie together and different characters apart.

Metric learning with the normalised temperature-scaled cross entropy (Khosla et al. 2020, "Supervised Contrastive
Learning"): the same mascot in other poses, moods and accessories is the same identity; other proportions, colours or
markings are another, most of all within one species and colour.
"""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from engine.builder.captions import random_mascot
from engine.builder.draw import draw
from engine.builder.raster import render_premultiplied
from engine.protocol.mascot import Accessory, Colour, Mascot, Mood, Pose, Proportions
from engine.training.judges.augment import random_affine, soften, warp
from engine.training.judges.classifier import to_batch
from engine.training.judges.fit import device, fit
from engine.training.judges.save import save_network

SIDE = 96
VIEWS = 6
DIMENSIONS = 64
TEMPERATURE = 0.1
_PER_IDENTITY = 4


class IdentityNet(nn.Module):
    """(n, 4, 96, 96) premultiplied RGBA in 0..1 → (n, 64) of length 1."""

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        sizes = (width, width * 2, width * 3, width * 4)
        layers: list[nn.Module] = []
        inside = 4
        for outside in sizes:
            layers += [
                nn.Conv2d(inside, outside, 3, 2, 1, bias=False), nn.BatchNorm2d(outside), nn.SiLU(),
                nn.Conv2d(outside, outside, 3, 1, 1, bias=False), nn.BatchNorm2d(outside), nn.SiLU(),
            ]  # fmt: skip
            inside = outside
        self.body = nn.Sequential(*layers)
        self.head = nn.Linear(2 * inside, DIMENSIONS)

    def forward(self, pictures: Tensor) -> Tensor:
        features = self.body(pictures)
        # Poses move the parts: what there is matters, not where.
        flat = torch.cat([features.mean((2, 3)), features.amax((2, 3))], 1)
        return functional.normalize(self.head(flat).float(), dim=1)


def individual(rng: random.Random) -> Mascot:
    """A mascot with strong proportions of its own."""
    sizes = {name: round(rng.uniform(-1, 1), 2) for name in Proportions.model_fields}
    return random_mascot(rng).model_copy(update={"proportions": Proportions(**sizes)})


def in_another_scene(mascot: Mascot, rng: random.Random) -> Mascot:
    """The same one in another pose and mood; what it wears may be off now and then."""
    worn = mascot.accessory if rng.random() < 0.75 else Accessory.NONE
    return mascot.model_copy(update={"pose": rng.choice(list(Pose)), "mood": rng.choice(list(Mood)), "accessory": worn})


def a_relative(mascot: Mascot, rng: random.Random) -> Mascot:
    """Someone else of the same species, hard to tell apart: other proportions and markings, perhaps another colour."""
    other = individual(rng)
    colour = mascot.colour if rng.random() < 0.6 else rng.choice(list(Colour))
    kept = {"species": mascot.species, "colour": colour, "style": mascot.style}
    return other.model_copy(update=kept)


def render_identities(work: Path, count: int, seed: int) -> NDArray[np.uint8]:
    """(count, VIEWS, 96, 96, 4) uint8 premultiplied; each odd identity is a relative of the one before."""
    work.mkdir(parents=True, exist_ok=True)
    file = work / f"identities-{count}-{seed}.npy"
    if file.is_file():
        return np.load(file, mmap_mode="r")
    rng = random.Random(f"identities/{seed}")
    pictures = np.zeros((count, VIEWS, SIDE, SIDE, 4), np.uint8)
    last = individual(rng)
    for index in range(count):
        last = a_relative(last, rng) if index % 2 else individual(rng)
        for view in range(VIEWS):
            pictures[index, view] = render_premultiplied(draw(in_another_scene(last, rng)), SIDE)
        if (index + 1) % 100 == 0:
            print(f"identities {index + 1}/{count}", flush=True)
    aside = file.with_suffix(".aside.npy")
    np.save(aside, pictures)
    aside.replace(file)
    return np.load(file, mmap_mode="r")


def contrast(embeddings: Tensor, owners: Tensor) -> Tensor:
    """Supervised contrastive loss of (n, d) unit embeddings whose identities are `owners` (n,)."""
    likeness = embeddings @ embeddings.T / TEMPERATURE
    itself = torch.eye(len(owners), dtype=torch.bool, device=owners.device)
    likeness = likeness.masked_fill(itself, float("-inf"))
    same = (owners[:, None] == owners[None]) & ~itself
    chance = likeness.log_softmax(1).masked_fill(~same, 0.0)
    return -(chance.sum(1) / same.sum(1)).mean()


def train_identity(pictures: NDArray[np.uint8], work: Path, *, steps: int, identities: int = 24) -> IdentityNet:
    """Train on `render_identities`' pictures; an identity and its relative are always drawn together."""
    torch.manual_seed(0)
    net = IdentityNet().to(device())

    def loss_of_step(step: int) -> Tensor:
        generator = torch.Generator().manual_seed(step)
        pairs = torch.randperm(len(pictures) // 2, generator=generator)[: identities // 2]
        rows = torch.stack([2 * pairs, 2 * pairs + 1], 1).flatten().sort().values
        views = torch.rand((len(rows), VIEWS), generator=generator).argsort(1)[:, :_PER_IDENTITY]
        some = pictures[rows.numpy()[:, None], views.numpy()].reshape(-1, SIDE, SIDE, 4)
        batch = soften(warp(to_batch(some), random_affine(len(some), generator)), generator)
        owners = torch.arange(len(rows)).repeat_interleave(_PER_IDENTITY).to(device())
        return contrast(net(batch), owners)

    fit("identity", net, loss_of_step, steps=steps, lr=2e-3, checkpoint=work / "identity.pt", every=50)
    return net


@torch.inference_mode()
def embed(net: IdentityNet, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(n, side, side, 4) uint8 premultiplied, any side → (n, 64) unit embeddings."""
    out: list[NDArray[np.float32]] = []
    for start in range(0, len(pictures), 64):
        batch = to_batch(pictures[start : start + 64])
        if batch.shape[-1] != SIDE:
            batch = functional.interpolate(batch, size=(SIDE, SIDE), mode="area")
        out.append(net(batch).cpu().numpy())
    return np.concatenate(out)


def tell_apart(net: IdentityNet, pictures: NDArray[np.uint8]) -> dict[str, float]:
    """On unseen identities: how often a picture is more like its own character's others than like its relative's and
    than like anyone's, and the mean similarities."""
    count = len(pictures)
    found = embed(net, np.asarray(pictures).reshape(-1, SIDE, SIDE, 4)).reshape(count, VIEWS, -1)
    own = np.einsum("nd,nvd->nv", found[:, 0], found[:, 1:]).mean(1)
    relatives = np.arange(count) ^ 1
    near = np.einsum("nd,nvd->nv", found[:, 0], found[relatives, 1:]).mean(1)
    centres = found[:, 1:].mean(1)
    all_of_them = found[:, 0] @ centres.T
    best = all_of_them.argmax(1) == np.arange(count)
    others = all_of_them[~np.eye(count, dtype=bool)]
    return {
        "identities": float(count),
        "own": round(float(own.mean()), 4),
        "relative": round(float(near.mean()), 4),
        "anyone": round(float(others.mean()), 4),
        "told_from_relative": round(float((own > near).mean()), 4),
        f"found_among_{count}": round(float(best.mean()), 4),
    }


def save_identity(net: IdentityNet, folder: Path, report: dict[str, float]) -> None:
    save_network(net, folder, {"side": SIDE, "dimensions": DIMENSIONS, "on_unseen_drawings": report})


def load_identity(folder: Path) -> IdentityNet:
    net = IdentityNet()
    weights = load_file(folder / "model.safetensors")
    net.load_state_dict({name: x.float() if x.is_floating_point() else x for name, x in weights.items()})
    return net.eval()


def report_of(folder: Path) -> dict[str, float]:
    """What the shipped measure reached on unseen drawings."""
    return json.loads((folder / "config.json").read_text())["on_unseen_drawings"]
