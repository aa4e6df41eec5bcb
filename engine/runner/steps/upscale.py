"""The upscale's step: a picture twice or four times as large, in tiles."""

from __future__ import annotations

from pathlib import Path

from engine.protocol.artifacts import AssetType
from engine.protocol.recipes import ModelRef, UpscaleRecipe
from engine.protocol.wire import Workplace
from engine.runner.step import ArtifactDraft, Step, StepContext, StepKind
from engine.runner.steps.names import slug
from engine.runner.steps.picture import PICTURE, weights_hash


def upscale_step(recipe: UpscaleRecipe, workplace: Workplace) -> Step:
    """Raises UnknownModel or BadModel when the recipe's upscaler can't be used."""
    from engine.models.addons import AddOns

    model = AddOns(Path(workplace.models)).resolve_upscaler(recipe.model) if recipe.model else None
    return Step(
        name="enlarge",
        kind=UPSCALE,
        inputs={
            "blob": recipe.source,
            "scale": recipe.scale,
            "model": model.hash if model else None,
            "model_name": model.name if model else "",
            "shipped": None if model else weights_hash("upscaler"),
            "title": f"{slug(recipe.title)}-x{recipe.scale}",
        },
        work=recipe.scale**2,
        timing=f"enlarge {model.hash[:16] if model else 'shipped'}",
    )


def _upscale(context: StepContext) -> None:
    from engine.models.addons import AddOns
    from engine.picture.enlarge.picture import enlarge_picture
    from engine.runner.steps.pictures import read_rgba, write_png

    blob, scale = str(context.inputs["blob"]), int(str(context.inputs["scale"]))
    context.blobs.read(blob)
    rgba = read_rgba(context.blobs.path(blob))
    weights: Path | None = None
    name = str(context.inputs["model_name"])
    if context.inputs["model"] is not None:
        reference = ModelRef(name=name, hash=str(context.inputs["model"]))
        weights = AddOns(Path(context.workplace.models)).resolve_upscaler(reference).path

    def told(fraction: float) -> None:
        context.check()
        context.progress(0.02 + 0.9 * fraction)

    made = enlarge_picture(rgba, scale, told, weights, name)
    context.check()
    write_png(context.folder / PICTURE, made.rgba)
    height, width = made.rgba.shape[:2]
    context.keep(
        ArtifactDraft(
            PICTURE, AssetType.IMAGE, "picture", "image/png", f"{context.inputs['title']}.png",
            width=width, height=height, effective=made.effective,
        )
    )  # fmt: skip


UPSCALE = StepKind("upscale", 1, _upscale, seconds_guess=0.6, needs_torch=True)
