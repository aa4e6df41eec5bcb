"""The small networks' training in miniature: they learn, resume, save and load; the evaluation asks what it says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from engine.builder.words import parse
from engine.motion.joint_net import load_joint_net, soft_argmax
from engine.picture.upscaler import SCALE, Upscaler, enlarge, load_upscaler
from engine.protocol.mascot import JOINT_NAMES
from engine.training.judges.augment import random_affine, warp, warp_points
from engine.training.judges.classifier import classify, load_classifier, save_classifier, to_batch, train_classifier
from engine.training.judges.drawings import SLOTS, Drawings, render_drawings
from engine.training.judges.evaluate import held_out_questions
from engine.training.judges.joints import joint_errors, save_joints, target_heatmaps, train_joints
from engine.training.judges.upscaling import save_upscaler


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("judges")


@pytest.fixture(scope="module")
def drawings(work: Path) -> Drawings:
    return render_drawings(work, 24, seed=1)


def test_drawings_are_rendered_once_and_the_same_again(work: Path, drawings: Drawings) -> None:
    again = render_drawings(work, 24, seed=1)
    assert np.array_equal(again.pictures, drawings.pictures)
    assert np.array_equal(again.labels, drawings.labels)
    assert all((picture[..., 3] > 0).mean() > 0.1 for picture in again.pictures)


def test_the_classifier_learns_resumes_and_loads(work: Path, drawings: Drawings) -> None:
    folder = work / "learned"
    train_classifier(drawings, folder, steps=3, batch=8)
    before = torch.load(folder / "classifier.pt", weights_only=True)["step"]
    net = train_classifier(drawings, folder, steps=5, batch=8)
    after = torch.load(folder / "classifier.pt", weights_only=True)["step"]
    assert (before, after) == (3, 5)
    save_classifier(net, work / "classifier", {})
    found = classify(load_classifier(work / "classifier"), drawings.pictures)
    assert {slot: len(values) for slot, values in found.items()} == dict.fromkeys(SLOTS, 24)


def test_joints_are_learned_saved_and_loaded(work: Path, drawings: Drawings) -> None:
    net = train_joints(drawings, work / "joint-work", steps=3, batch=8).eval()
    save_joints(net, work / "joints", {})
    loaded, names = load_joint_net(work / "joints")
    assert names == JOINT_NAMES
    errors = joint_errors(loaded, drawings.pictures, drawings.joints)
    assert errors.shape == (24, len(JOINT_NAMES))
    assert np.isfinite(errors[~np.isnan(drawings.joints[..., 0])]).all()


def test_a_heatmap_gives_back_its_own_joint() -> None:
    points = torch.rand(6, len(JOINT_NAMES), 2, generator=torch.Generator().manual_seed(1)) * 0.8 + 0.1
    found, confidence = soft_argmax((target_heatmaps(points) - 0.5) * 20)
    assert float((found - points).abs().max()) < 0.02
    assert float(confidence.min()) > 0.9


def test_points_move_with_the_picture() -> None:
    generator = torch.Generator().manual_seed(2)
    for _ in range(5):
        picture = torch.zeros(1, 1, 128, 128)
        picture[0, 0, 40:42, 80:82] = 1
        matrices = random_affine(1, generator)
        moved = warp(picture, matrices)[0, 0]
        rows, columns = torch.meshgrid(torch.arange(128) + 0.5, torch.arange(128) + 0.5, indexing="ij")
        seen = torch.stack([(columns * moved).sum(), (rows * moved).sum()]) / moved.sum()
        told = warp_points(torch.tensor([[[81 / 128, 41 / 128]]]), matrices)[0, 0] * 128
        assert float((seen - told).abs().max()) < 0.6


def test_an_untrained_upscaler_enlarges_faithfully(work: Path) -> None:
    pictures = np.zeros((1, 32, 32, 4), np.uint8)
    pictures[:, 8:24, 8:24] = (90, 60, 30, 200)
    save_upscaler(Upscaler(width=8, depth=1), work / "upscaler", {})
    large = enlarge(load_upscaler(work / "upscaler"), to_batch(pictures))
    assert large.shape == (1, 4, 32 * SCALE, 32 * SCALE)
    assert torch.allclose(large[0, :, 64, 64], torch.tensor([90.0, 60.0, 30.0, 200.0]) / 255, atol=0.01)
    assert bool((large[:, :3] <= large[:, 3:] + 1e-6).all()), "colour never exceeds alpha"


def test_questions_ask_only_what_their_caption_says() -> None:
    questions = held_out_questions(20, seed=5)
    assert len({question.text for question in questions}) == 20
    for question in questions:
        known = parse(question.text).known
        for slot, value in question.asked.items():
            assert (value is None) == (slot not in known)
            if value is not None:
                assert SLOTS[slot][value] == known[slot]
