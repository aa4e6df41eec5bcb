"""The step of a control map: what a ControlNet is shown of a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import JsonValue

from engine.protocol.artifacts import AssetType
from engine.protocol.picture_options import ControlKind
from engine.protocol.recipes import ControlMapRecipe, DrawingRecipe, PictureFile
from engine.runner.step import ArtifactDraft, Step, StepContext, StepKind
from engine.runner.steps.names import title_of
from engine.runner.steps.picture import weights_hash

if TYPE_CHECKING:
    from engine.picture.alpha import Bytes
    from engine.picture.guided.aids import Joints

MAP = "map.png"


def control_map_step(recipe: ControlMapRecipe) -> Step:
    source = recipe.source
    finds = isinstance(source, PictureFile) and not source.joints and recipe.control is ControlKind.POSE
    inputs: dict[str, JsonValue] = {
        "source": source.model_dump(mode="json"),
        "control": recipe.control.value,
        "title": f"{title_of(source)}-{recipe.control}",
    }
    if finds:
        inputs["finder"] = weights_hash("joints")
    return Step(name="control map", kind=FIND_POSE if finds else CONTROL_MAP, inputs=inputs)


def _make(context: StepContext) -> None:
    import numpy as np

    from engine.runner.steps.pictures import write_png

    recipe = ControlMapRecipe.model_validate({name: context.inputs[name] for name in ("source", "control")})
    match recipe.source:
        case DrawingRecipe() as drawing:
            made = _of_drawing(recipe.control, drawing)
        case PictureFile() as file:
            made = _of_picture(context, recipe.control, file)
    context.check()
    height, width = made.shape[:2]
    write_png(context.folder / MAP, np.dstack((made, np.full((height, width), 255, np.uint8))))
    context.keep(
        ArtifactDraft(
            MAP, AssetType.IMAGE, "control-map", "image/png", f"{context.inputs['title']}.png",
            width=width, height=height, effective={"control": recipe.control.value},
        )
    )  # fmt: skip


def _of_drawing(kind: ControlKind, recipe: DrawingRecipe) -> Bytes:
    """By the drawing's own joints and layers."""
    from engine.builder.draw import draw
    from engine.builder.raster import part_masks, render
    from engine.picture.guided.maps.depth import depth_of_layers
    from engine.picture.guided.maps.make import control_map

    drawing = draw(recipe.mascot)
    if kind is ControlKind.DEPTH:
        return depth_of_layers(list(part_masks(drawing, recipe.size).values()))
    return control_map(kind, render(drawing, recipe.size), lambda _: drawing.joints)


def _of_picture(context: StepContext, kind: ControlKind, file: PictureFile) -> Bytes:
    from engine.picture.guided.maps.make import control_map
    from engine.runner.steps.aids import StepAids
    from engine.runner.steps.pictures import read_rgba

    def joints(rgba: Bytes) -> Joints:
        return file.joints or StepAids(context.workplace).joints(rgba)

    context.blobs.read(file.blob)  # says that it is missing
    return control_map(kind, read_rgba(context.blobs.path(file.blob)), joints)


CONTROL_MAP = StepKind("control map", 1, _make, seconds_guess=0.5)
FIND_POSE = StepKind("pose map", 1, _make, seconds_guess=2.0, needs_torch=True)
