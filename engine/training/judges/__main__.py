"""Train the small shipped networks and judge the starter: `python -m engine.training.judges --help`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import torch

from engine.models.catalogue import ModelCatalogue
from engine.protocol.mascot import JOINT_NAMES
from engine.protocol.picture_options import STARTER_MODEL
from engine.training.judges.characters import cast_of, measure, play
from engine.training.judges.characters import contact_sheet as character_sheet
from engine.training.judges.classifier import classify, load_classifier, save_classifier, train_classifier
from engine.training.judges.drawings import SLOTS, render_drawings
from engine.training.judges.enlarging import compare
from engine.training.judges.evaluate import contact_sheet, evaluate, print_report, save_report
from engine.training.judges.fit import device
from engine.training.judges.identity import load_identity, render_identities, save_identity, tell_apart, train_identity
from engine.training.judges.joints import joint_errors, save_joints, train_joints
from engine.training.judges.upscaling import render_pairs, save_upscaler, train_upscaler

WORTH_SHIPPING = 0.9
"""Of a plain enlargement's error: a learned upscaler that is not better by a tenth is not kept."""
STAGES = ("classifier", "joints", "upscaler", "evaluate", "identity", "characters")


def _load_starter(folder: Path) -> Any:
    from diffusers.pipelines.stable_diffusion_xl.pipeline_stable_diffusion_xl import StableDiffusionXLPipeline

    pipe: Any = StableDiffusionXLPipeline.from_pretrained(folder, torch_dtype=torch.float32).to(device())
    pipe.set_progress_bar_config(disable=True)
    return pipe


def _classifier(options: argparse.Namespace) -> None:
    drawings = render_drawings(options.work, options.drawings, seed=1)
    net = train_classifier(drawings, options.work, steps=options.classifier_steps).eval()
    unseen = render_drawings(options.work, 1500, seed=2)
    found = classify(net, unseen.pictures)
    accuracy = {s: round(float((found[s] == unseen.labels[:, i]).mean()), 4) for i, s in enumerate(SLOTS)}
    print("classifier on unseen drawings:", accuracy)
    save_classifier(net, options.assets / "classifier", accuracy)


def _joints(options: argparse.Namespace) -> None:
    drawings = render_drawings(options.work, options.drawings, seed=1)
    net = train_joints(drawings, options.work, steps=options.joints_steps).eval()
    unseen = render_drawings(options.work, 1500, seed=2)
    errors = joint_errors(net, unseen.pictures, unseen.joints)
    medians = np.nanmedian(errors, axis=0)
    report = {
        "median": round(float(np.nanmedian(errors)), 4),
        "within_5_percent": round(float(np.nanmean(errors[~np.isnan(errors)] < 0.05)), 4),
        **{f"median_{name}": round(float(medians[i]), 4) for i, name in enumerate(JOINT_NAMES)},
    }
    print("joints on unseen drawings:", report)
    save_joints(net, options.assets / "joints", report)


def _upscaler(options: argparse.Namespace) -> None:
    small, large = render_pairs(options.work, options.pairs)
    net = train_upscaler(
        small, large, options.work, steps=options.upscaler_steps, width=options.width, depth=options.depth
    )
    report = compare(net)
    print("mean absolute error at 1024 pixels:", report)
    if report["learned all"] > WORTH_SHIPPING * report["bicubic all"]:
        print("no gain worth shipping; pictures are enlarged by Lanczos as before")
        return
    save_upscaler(net, options.assets / "upscaler", report)


def _evaluate(options: argparse.Namespace) -> None:
    pipe = _load_starter(options.starter)
    result = evaluate(pipe, load_classifier(options.assets / "classifier").to(device()), count=options.captions)
    print_report(result["report"])
    save_report(result["report"], options.docs / "starter-evaluation.json")
    contact_sheet(result["questions"], result["pictures"], options.docs / "images" / "starter-contact-sheet.png")


def _identity(options: argparse.Namespace) -> None:
    pictures = render_identities(options.work, options.identities, seed=1)
    net = train_identity(pictures, options.work, steps=options.identity_steps).eval()
    report = tell_apart(net, render_identities(options.work, 100, seed=2))
    print("identity on unseen drawings:", report)
    save_identity(net, options.assets / "identity", report)


def _characters(options: argparse.Namespace) -> None:
    model = ModelCatalogue(options.work / "no models", starter=options.starter).get(STARTER_MODEL)
    pipe = _load_starter(options.starter)
    casts = cast_of(options.characters, seed=1)
    work = options.work / "characters" / model.hash[:12]
    outcomes = [play(cast, model, pipe, work, options.character_steps, print) for cast in casts]
    report = measure(casts, outcomes, load_identity(options.assets / "identity"))
    print("characters:", {name: value for name, value in report.items() if name != "each"})
    save_report({"starter": model.hash, **report}, options.docs / "character-evaluation.json")
    character_sheet(casts, outcomes, options.docs / "images" / "character-sheet.png")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("training/judges"))
    parser.add_argument("--starter", type=Path, default=Path("assets/starter"))
    parser.add_argument("--assets", type=Path, default=Path("assets"))
    parser.add_argument("--docs", type=Path, default=Path("docs"))
    parser.add_argument("--stage", choices=STAGES, action="append", help="only these (default: all)")
    parser.add_argument("--drawings", type=int, default=16_000)
    parser.add_argument("--classifier-steps", type=int, default=1400)
    parser.add_argument("--joints-steps", type=int, default=1000)
    parser.add_argument("--pairs", type=int, default=576, help="drawings for the upscaler")
    parser.add_argument("--upscaler-steps", type=int, default=8000)
    parser.add_argument("--width", type=int, default=32, help="of the upscaler")
    parser.add_argument("--depth", type=int, default=5, help="of the upscaler")
    parser.add_argument("--captions", type=int, default=500)
    parser.add_argument("--identities", type=int, default=1000, help="mascots that the identity measure learns from")
    parser.add_argument("--identity-steps", type=int, default=500)
    parser.add_argument("--characters", type=int, default=10)
    parser.add_argument("--character-steps", type=int, help="of each character's training (default: as the program)")
    options = parser.parse_args()
    runs = {
        "classifier": _classifier,
        "joints": _joints,
        "upscaler": _upscaler,
        "evaluate": _evaluate,
        "identity": _identity,
        "characters": _characters,
    }
    for stage in options.stage or STAGES:
        runs[stage](options)


if __name__ == "__main__":
    main()
