"""Does a trained character stay itself? Ten individual mascots, learnt from a few pictures each, in new scenes."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.blobs.store import hash_bytes
from engine.builder.draw import draw
from engine.builder.raster import render, render_premultiplied
from engine.models.installed import InstalledModel
from engine.models.machine import survey
from engine.protocol.mascot import Accessory, Colour, Mascot, Mood, Pose, Species
from engine.protocol.recipes import LoraTrainingRecipe, ModelRef, TrainingPicture
from engine.training.judges.fit import device
from engine.training.judges.identity import IdentityNet, embed, individual
from engine.tuning.policy import choose_tuning
from engine.tuning.train import Desk, train_lora

Bytes = NDArray[np.uint8]

NAMES = ("Pip", "Bruno", "Momo", "Zibbo", "Tilly", "Gizmo", "Nox", "Fenn", "Wanda", "Quill")
STEPS, GUIDANCE = 12, 4.0
PICTURES = (3, 4, 5, 6)
_POSE_WORDS = {Pose.HANDS_ON_HIPS: "with hands on hips"}


@dataclass(frozen=True)
class Cast:
    """A character: its mascot, the scenes that it is learnt from, and those that it is asked for."""

    name: str
    mascot: Mascot
    known: tuple[tuple[Pose, Mood], ...]
    new: tuple[tuple[Pose, Mood], ...]

    @property
    def trigger(self) -> str:
        return self.name.casefold()

    @property
    def description(self) -> str:
        mascot = self.mascot
        worn = "" if mascot.accessory is Accessory.NONE else f" with {mascot.accessory_colour} {mascot.accessory}"
        return f"a {mascot.colour} {mascot.species}{worn}"

    def asked(self, scene: tuple[Pose, Mood], *, trained: bool) -> str:
        """The prompt for a scene, with the trigger or without."""
        pose, mood = scene
        words = f"{self.description}, {mood}, {_POSE_WORDS.get(pose, pose)}"
        return f"{self.trigger}, {words}" if trained else words

    def drawn(self, scene: tuple[Pose, Mood]) -> Mascot:
        return self.mascot.model_copy(update={"pose": scene[0], "mood": scene[1]})


def cast_of(count: int, seed: int, new_scenes: int = 3) -> list[Cast]:
    """`count` characters with strong proportions, species and colours all different as far as there are enough."""
    rng = random.Random(f"characters/{seed}")
    species, colours = list(Species), list(Colour)
    rng.shuffle(colours)
    out: list[Cast] = []
    for index in range(count):
        mascot = individual(rng).model_copy(
            update={"species": species[index % len(species)], "colour": colours[index % len(colours)]}
        )
        scenes = [(pose, mood) for pose in Pose for mood in Mood]
        rng.shuffle(scenes)
        pictures = PICTURES[index % len(PICTURES)]
        out.append(
            Cast(NAMES[index % len(NAMES)], mascot, tuple(scenes[:pictures]), tuple(scenes[pictures:][:new_scenes]))
        )
    return out


@dataclass(frozen=True)
class Outcome:
    """Pictures (n, 256, 256, 4) uint8 premultiplied of the new scenes, and how long the training took."""

    without: Bytes
    with_lora: Bytes
    seconds: float
    steps: int


def play(
    cast: Cast, model: InstalledModel, pipe: Any, work: Path, steps: int | None, say: Callable[[str], None]
) -> Outcome:
    """Train the character's LoRA (or take the one that is in `work`), and paint its new scenes without and with it.

    The LoRA is loaded by diffusers itself, as any other tool would.
    """
    folder = work / cast.trigger
    folder.mkdir(parents=True, exist_ok=True)
    facts = folder / "facts.json"
    if not facts.is_file():
        began = time.monotonic()
        pictures = [render(draw(cast.drawn(scene)), model.native_size) for scene in cast.known]
        recipe = LoraTrainingRecipe(
            name=cast.name,
            model=ModelRef(name=model.name, hash=model.hash),
            pictures=tuple(
                TrainingPicture(blob=hash_bytes(picture.tobytes()), caption=cast.asked(scene, trained=False))
                for picture, scene in zip(pictures, cast.known, strict=True)
            ),
            trigger=cast.trigger,
            description=cast.description,
            steps=steps,
        )
        policy = choose_tuning(recipe, model, survey())
        desk = Desk(folder / "state", lambda _share, _sample: None, lambda: None)
        trained = train_lora(recipe, model, pictures, policy, desk, folder)
        facts.write_text(json.dumps({"seconds": time.monotonic() - began, "steps": trained.steps}))
    known = json.loads(facts.read_text())
    without = paint(pipe, [cast.asked(scene, trained=False) for scene in cast.new])
    pipe.load_lora_weights(folder, weight_name="lora.safetensors", adapter_name=cast.trigger)
    with_lora = paint(pipe, [cast.asked(scene, trained=True) for scene in cast.new])
    pipe.unload_lora_weights()
    say(f"{cast.name}: {known['steps']} steps in {known['seconds']:.0f} s")
    return Outcome(without, with_lora, known["seconds"], known["steps"])


def paint(pipe: Any, texts: list[str]) -> Bytes:
    """(n, h, w, 4) uint8 premultiplied; the same seeds at every call."""
    import torch

    generators = [torch.Generator().manual_seed(100 + index) for index in range(len(texts))]
    made = pipe(texts, num_inference_steps=STEPS, guidance_scale=GUIDANCE, generator=generators, output_type="np")
    return (np.clip(made.images, 0, 1) * 255).round().astype(np.uint8)


def measure(casts: list[Cast], outcomes: list[Outcome], net: IdentityNet) -> dict[str, Any]:
    """Similarity of the new pictures to their own reference and to the other characters', without and with LoRA, and
    how often the nearest of all references is their own. `upper` is that of drawings: what is reachable."""
    net = net.to(device())
    references = np.stack([_centre(net, cast) for cast in casts])

    def figures(pictures: list[Bytes]) -> dict[str, float]:
        own: list[float] = []
        others: list[float] = []
        right: list[bool] = []
        for index, some in enumerate(pictures):
            likeness = embed(net, some) @ references.T
            own += list(likeness[:, index])
            others += list(np.delete(likeness, index, axis=1).mean(1))
            right += list(likeness.argmax(1) == index)
        return {
            "own": round(float(np.mean(own)), 4),
            "others": round(float(np.mean(others)), 4),
            "recognised": round(float(np.mean(right)), 4),
        }

    drawings = [np.stack([render_premultiplied(draw(c.drawn(s)), 96) for s in c.new]) for c in casts]
    per_character = {
        cast.name: {
            "description": cast.description,
            "pictures": len(cast.known),
            "steps": outcome.steps,
            "seconds": round(outcome.seconds, 1),
            "without": round(float((embed(net, outcome.without) @ references[index]).mean()), 4),
            "with": round(float((embed(net, outcome.with_lora) @ references[index]).mean()), 4),
        }
        for index, (cast, outcome) in enumerate(zip(casts, outcomes, strict=True))
    }
    return {
        "characters": len(casts),
        "new_scenes_each": len(casts[0].new),
        "sampling_steps": STEPS,
        "guidance": GUIDANCE,
        "without_lora": figures([outcome.without for outcome in outcomes]),
        "with_lora": figures([outcome.with_lora for outcome in outcomes]),
        "upper": figures(drawings),
        "seconds_of_training": round(float(np.mean([outcome.seconds for outcome in outcomes])), 1),
        "each": per_character,
    }


def contact_sheet(casts: list[Cast], outcomes: list[Outcome], file: Path) -> None:
    """A row per character: the pictures it was learnt from, then new scenes without and with its LoRA."""
    tile, gap = 112, 6
    shown = min(3, min(len(cast.known) for cast in casts)), min(4, len(casts[0].new))
    columns = shown[0] + 2 * shown[1]
    sheet = Image.new("RGBA", (columns * (tile + gap) + 5 * gap, len(casts) * (tile + gap) + gap), (244, 243, 240, 255))
    for row, (cast, outcome) in enumerate(zip(casts, outcomes, strict=True)):
        known = [render_premultiplied(draw(cast.drawn(scene)), 256) for scene in cast.known[: shown[0]]]
        groups = (known, list(outcome.without[: shown[1]]), list(outcome.with_lora[: shown[1]]))
        left = gap
        for group in groups:
            for picture in group:
                small = Image.fromarray(picture, "RGBa").resize((tile, tile), Image.Resampling.LANCZOS).convert("RGBA")
                sheet.alpha_composite(small, (left, gap + row * (tile + gap)))
                left += tile + gap
            left += 2 * gap
    file.parent.mkdir(parents=True, exist_ok=True)
    sheet.convert("RGB").save(file, optimize=True)


def _centre(net: IdentityNet, cast: Cast) -> NDArray[np.float32]:
    """The mean embedding of the pictures that the character is learnt from, length 1."""
    pictures = np.stack([render_premultiplied(draw(cast.drawn(scene)), 96) for scene in cast.known])
    mean = embed(net, pictures).mean(0)
    return mean / np.linalg.norm(mean)
