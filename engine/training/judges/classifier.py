"""The slot classifier: which species, colour, accessory, mood and pose a picture shows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional

from engine.training.judges.augment import random_affine, soften, warp
from engine.training.judges.drawings import PICTURE_SIZE, SLOTS, Drawings
from engine.training.judges.fit import device, fit
from engine.training.judges.save import save_network
from engine.tuning.slot_net import SlotClassifier


def to_batch(pictures: NDArray[np.uint8]) -> Tensor:
    """(n, h, w, 4) uint8 -> (n, 4, h, w) float in 0..1 on the training device, channels last in memory."""
    tensor = torch.from_numpy(np.ascontiguousarray(pictures)).to(device()).permute(0, 3, 1, 2).float() / 255
    return tensor.contiguous(memory_format=torch.channels_last)


def train_classifier(drawings: Drawings, work: Path, *, steps: int, batch: int = 96) -> SlotClassifier:
    torch.manual_seed(0)
    net = SlotClassifier(SLOTS).to(device())
    labels = torch.from_numpy(drawings.labels).to(device())

    def loss_of_step(step: int) -> Tensor:
        generator = torch.Generator().manual_seed(step)
        rows = torch.randint(len(drawings.pictures), (batch,), generator=generator)
        pictures = to_batch(drawings.pictures[np.sort(rows.numpy())])
        wanted = labels[rows.sort().values.to(device())]
        pictures = soften(warp(pictures, random_affine(batch, generator)), generator)
        logits = net(pictures)
        losses = [functional.cross_entropy(logits[s].float(), wanted[:, i]) for i, s in enumerate(SLOTS)]
        return torch.stack(losses).sum()

    fit("classifier", net, loss_of_step, steps=steps, lr=2e-3, checkpoint=work / "classifier.pt")
    return net


@torch.inference_mode()
def classify(net: SlotClassifier, pictures: NDArray[np.uint8], batch: int = 128) -> dict[str, NDArray[np.int64]]:
    """The most likely value per slot (an index into SLOTS[slot]) of (n, 128, 128, 4) uint8 premultiplied pictures."""
    found: dict[str, list[NDArray[np.int64]]] = {slot: [] for slot in SLOTS}
    for start in range(0, len(pictures), batch):
        logits = net(to_batch(pictures[start : start + batch]))
        for slot in SLOTS:
            found[slot].append(logits[slot].argmax(1).cpu().numpy())
    return {slot: np.concatenate(values) for slot, values in found.items()}


def save_classifier(net: SlotClassifier, folder: Path, accuracy: dict[str, float]) -> None:
    save_network(net, folder, {"picture_size": PICTURE_SIZE, "slots": SLOTS, "accuracy_on_drawings": accuracy})


def load_classifier(folder: Path) -> SlotClassifier:
    net = SlotClassifier(SLOTS)
    weights = load_file(folder / "model.safetensors")
    net.load_state_dict({n: t.float() if t.is_floating_point() else t for n, t in weights.items()})
    return net.eval()
