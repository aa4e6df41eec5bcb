"""The builder's step: a mascot's parameters become SVG, PNG and joints."""

from __future__ import annotations

from engine.protocol.artifacts import AssetType
from engine.protocol.mascot import Mascot
from engine.protocol.recipes import DrawingRecipe
from engine.runner.step import ArtifactDraft, Step, StepContext, StepKind
from engine.runner.steps.names import title_of

PICTURE = "picture.png"
DRAWING = "drawing.svg"


def draw_step(recipe: DrawingRecipe) -> Step:
    return Step(
        name="draw",
        kind=DRAW,
        inputs={
            "mascot": recipe.mascot.model_dump(mode="json"),
            "size": recipe.size,
            "title": title_of(recipe),
        },
        work=(recipe.size / 1024) ** 2,
    )


def _draw(context: StepContext) -> None:
    from engine.builder.draw import draw
    from engine.builder.raster import render
    from engine.runner.steps.pictures import write_png

    mascot = Mascot.model_validate(context.inputs["mascot"])
    size, title = int(str(context.inputs["size"])), str(context.inputs["title"])
    drawing = draw(mascot)
    joints = {name: [x, y] for name, (x, y) in drawing.joints.items()}
    (context.folder / DRAWING).write_text(drawing.svg(size), encoding="utf-8")
    context.progress(0.1)
    write_png(context.folder / PICTURE, render(drawing, size))
    context.facts["joints"] = joints  # pyright: ignore[reportArgumentType]
    context.keep(
        ArtifactDraft(
            PICTURE, AssetType.IMAGE, "picture", "image/png", f"{title}.png", width=size, height=size,
            effective={"made_by": "builder", "joints": joints},  # pyright: ignore[reportArgumentType]
        )
    )  # fmt: skip
    context.keep(
        ArtifactDraft(
            DRAWING, AssetType.VECTOR, "drawing", "image/svg+xml", f"{title}.svg", width=size, height=size,
            effective={"made_by": "builder"},
        )
    )  # fmt: skip


DRAW = StepKind("draw", 1, _draw, seconds_guess=0.5)
