"""Sample mascots for the studio's tests and screenshots, drawn by the builder."""

from __future__ import annotations

import itertools
import random
from typing import TYPE_CHECKING

from engine.protocol.artifacts import Artifact, AssetType
from engine.protocol.mascot import Accessory, Colour, DrawingStyle, Mascot, Mood, Pose, Species
from engine.protocol.recipes import DrawingRecipe, PictureRecipe

if TYPE_CHECKING:
    from engine.library.gallery import Entry
    from engine.library.library import Library


def mascots(count: int, seed: int = 5) -> list[Mascot]:
    """Mascots that look well side by side: species in turn, no accessory twice in a row."""
    chance = random.Random(seed)
    species = itertools.cycle(Species)
    colours = list(Colour)
    result: list[Mascot] = []
    for _ in range(count):
        colour = chance.choice(colours)
        result.append(
            Mascot(
                species=next(species),
                colour=colour,
                accessory=chance.choice(list(Accessory)),
                accessory_colour=chance.choice([other for other in colours if other is not colour]),
                mood=chance.choice(list(Mood)),
                pose=chance.choice(list(Pose)),
                style=chance.choice(list(DrawingStyle)),
                seed=chance.randrange(1000),
            )
        )
    return result


def png_of(mascot: Mascot, size: int = 256) -> bytes:
    """A drawing as PNG bytes."""
    import io

    from PIL import Image

    from engine.builder.raster import render

    buffer = io.BytesIO()
    Image.fromarray(render(mascot, size)).save(buffer, "PNG")
    return buffer.getvalue()


def add_drawing(
    library: Library,
    project_id: str,
    mascot: Mascot,
    *,
    size: int = 256,
    recipe: PictureRecipe | DrawingRecipe | None = None,
    job_id: str | None = None,
) -> Entry:
    """Put a drawing into the gallery as if a job had made it."""
    data = png_of(mascot, size)
    recipe = recipe or DrawingRecipe(mascot=mascot, size=size)
    artifact = Artifact(
        type=AssetType.IMAGE,
        role="picture",
        blob=library.blobs.add_bytes(data),
        media_type="image/png",
        file_name=f"{mascot.species}.png",
        size_bytes=len(data),
        width=size,
        height=size,
    )
    return library.gallery.add(project_id, job_id, artifact, recipe)
