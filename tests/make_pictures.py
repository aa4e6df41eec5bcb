"""The README's pictures other than the studio's: `python -m tests.make_pictures` writes them into docs/images."""

from __future__ import annotations

import itertools
import random
import shutil
import tempfile
from pathlib import Path

from PIL import Image

from engine.builder.draw import draw
from engine.builder.raster import render
from engine.cli.main import main as mascotforge
from engine.protocol.mascot import Accessory, Colour, DrawingStyle, Mascot, Mood, Pose, Species

IMAGES = Path(__file__).parents[1] / "docs" / "images"
PROMPT = "a happy blue fox with a red scarf"
COLUMNS, TILE = 8, 168
GROUND = (246, 245, 242, 255)


def builder_sheet() -> None:
    """64 mascots: a species a row, every colour, accessory, mood and pose in turn."""
    sheet = Image.new("RGBA", (COLUMNS * TILE, len(Species) * TILE), GROUND)
    chooser = random.Random(4)
    colours = itertools.cycle(Colour)
    for row, species in enumerate(Species):
        for column in range(COLUMNS):
            mascot = Mascot(
                species=species,
                colour=next(colours),
                accessory=list(Accessory)[(row + column) % len(Accessory)],
                accessory_colour=chooser.choice(list(Colour)),
                mood=list(Mood)[(row + column) % len(Mood)],
                pose=list(Pose)[(2 * row + column) % len(Pose)],
                style=list(DrawingStyle)[(row + column) % 2],
                seed=chooser.randrange(10_000),
            )
            picture = Image.fromarray(render(draw(mascot), TILE - 10), "RGBA")
            sheet.alpha_composite(picture, (column * TILE + 5, row * TILE + 5))
    sheet.convert("RGB").quantize(255).save(IMAGES / "builder-sheet.png", optimize=True)


def waving_fox() -> None:
    """The main job, as the command line does it."""
    with tempfile.TemporaryDirectory() as folder:
        out, library = Path(folder) / "out", Path(folder) / "library"
        options = ["--seed", "7", "--action", "wave", "--format", "webp", "--size", "320", "--out", str(out)]
        if mascotforge(["make", PROMPT, *options, "--library", str(library)]) != 0:
            raise SystemExit("the mascot could not be made")
        (picture,) = out.glob("*.png")
        (wave,) = out.glob("*.webp")
        with Image.open(picture) as image:
            image.resize((320, 320), Image.Resampling.LANCZOS).save(IMAGES / "fox.png", optimize=True)
        shutil.copyfile(wave, IMAGES / "fox-wave.webp")


if __name__ == "__main__":
    IMAGES.mkdir(parents=True, exist_ok=True)
    builder_sheet()
    waving_fox()
