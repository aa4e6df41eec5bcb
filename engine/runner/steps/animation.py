"""The animation's steps: a picture becomes a puppet, and the puppet's performance one file per format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.protocol.artifacts import AssetType
from engine.protocol.mascot import Mascot
from engine.protocol.recipes import AnimationRecipe, DrawingRecipe, ExportFormat, PictureFile, PictureRecipe
from engine.runner.step import ArtifactDraft, Step, StepContext, StepKind
from engine.runner.steps.names import title_of
from engine.runner.steps.picture import weights_hash
from engine.runner.steps.puppets import RIG, TEXTURES, load_puppet, save_puppet

if TYPE_CHECKING:
    from engine.puppet.puppet import Puppet

PICTURE = "picture.png"

SECONDS_PER_FRAME: dict[ExportFormat, float] = {
    ExportFormat.WEBM: 0.08,
    ExportFormat.WEBP: 0.05,
    ExportFormat.APNG: 0.04,
    ExportFormat.GIF: 0.03,
    ExportFormat.PNG_SEQUENCE: 0.04,
}
"""At 512 pixels, until measured."""


def rig_step(source: PictureRecipe | DrawingRecipe | PictureFile, picture: Step | None) -> Step:
    """`picture` is the step that makes the source's picture; None for a file that is a blob already."""
    title = title_of(source)
    match source:
        case DrawingRecipe():
            kind = RIG_DRAWING
            inputs = {"mascot": source.mascot.model_dump(mode="json"), "size": source.size, "title": title}
            upstream: dict[str, Step] = {}
        case PictureRecipe():
            assert picture is not None
            kind, upstream = RIG_PICTURE, {"picture": picture}
            inputs = {"joints": None, "finder": weights_hash("joints"), "title": title}
        case PictureFile():
            kind, upstream = RIG_PICTURE, {}
            joints = {name: [x, y] for name, (x, y) in source.joints.items()} if source.joints else None
            finder = None if joints else weights_hash("joints")
            inputs = {"blob": source.blob, "joints": joints, "finder": finder, "title": title}
    return Step(name="rig", kind=kind, inputs=inputs, upstream=upstream)  # pyright: ignore[reportArgumentType]


def export_steps(
    recipe: AnimationRecipe, source: PictureRecipe | DrawingRecipe | PictureFile, rig: Step
) -> tuple[Step, ...]:
    """One step per format, in the recipe's order, each format once."""
    return tuple(
        Step(
            name=f"export {format}",
            kind=EXPORT,
            inputs={
                "format": format.value,
                "action": recipe.action.value,
                "strength": recipe.strength,
                "size": recipe.size,
                "fps": recipe.fps,
                "title": f"{title_of(source)}-{recipe.action}",
            },
            upstream={"rig": rig},
            work=recipe.fps * SECONDS_PER_FRAME[format] * (recipe.size / 512) ** 2,
            timing=f"export {format}",
        )
        for format in dict.fromkeys(recipe.formats)
    )


def _rig_drawing(context: StepContext) -> None:
    """The builder's own layers and joints: every part is whole, also where another part hides it."""
    from engine.builder.draw import draw
    from engine.motion.animate import puppet_of_drawing

    drawing = draw(Mascot.model_validate(context.inputs["mascot"]))
    _keep(context, puppet_of_drawing(drawing, int(str(context.inputs["size"]))))


def _rig_picture(context: StepContext) -> None:
    """Joints as given, else as the joint finder sees them."""
    from engine.motion.animate import puppet_of_picture
    from engine.runner.steps.pictures import read_rgba

    if "picture" in context.upstream:
        path = context.upstream["picture"].path(PICTURE)
    else:
        blob = str(context.inputs["blob"])
        path = context.blobs.path(blob)
        context.blobs.read(blob)
    rgba = read_rgba(path)
    context.progress(0.1)
    puppet, notes = puppet_of_picture(rgba, _placed(context))
    for sentence in notes:
        context.note("joints_guessed", sentence)
    _keep(context, puppet)


def _placed(context: StepContext) -> dict[str, tuple[float, float]] | None:
    given = context.inputs["joints"]
    if not isinstance(given, dict):
        return None
    points = PictureFile.model_validate({"blob": "0" * 64, "joints": given}).joints
    return points or None


def _keep(context: StepContext, puppet: Puppet) -> None:
    save_puppet(puppet, context.folder)
    rig = puppet.rig
    shares = {name: [x / rig.width, y / rig.height] for name, (x, y) in rig.joints.items()}
    context.facts["joints"] = shares  # pyright: ignore[reportArgumentType]
    context.keep(
        ArtifactDraft(
            RIG, AssetType.OTHER, "rig", "application/json", f"{context.inputs['title']}-rig.json",
            width=rig.width, height=rig.height, effective={"joints": shares},  # pyright: ignore[reportArgumentType]
        )
    )  # fmt: skip


def _export(context: StepContext) -> None:
    from engine.motion.export import ASSET_TYPE, MEDIA_TYPE, SUFFIX, encode
    from engine.motion.frames import performance
    from engine.puppet.performer import Performer

    rig = context.upstream["rig"]
    format = ExportFormat(str(context.inputs["format"]))
    size, fps = int(str(context.inputs["size"])), int(str(context.inputs["fps"]))
    strength = float(str(context.inputs["strength"]))
    performer = Performer(load_puppet(rig.path(RIG), rig.path(TEXTURES)), str(context.inputs["action"]), strength)
    frames = performance(performer, size, fps)
    name = f"animation{SUFFIX[format]}"
    encode(frames, format, context.folder / name, cancelled=context.cancelled, progress=context.progress)
    context.check()
    context.keep(
        ArtifactDraft(
            name, ASSET_TYPE[format], format.value, MEDIA_TYPE[format], f"{context.inputs['title']}{SUFFIX[format]}",
            width=frames.width, height=frames.height, frames=frames.count, seconds=frames.seconds,
            effective={"fps": fps},
        )
    )  # fmt: skip


RIG_DRAWING = StepKind("rig drawing", 1, _rig_drawing, seconds_guess=1.0)
RIG_PICTURE = StepKind("rig picture", 1, _rig_picture, seconds_guess=3.0, needs_torch=True)
EXPORT = StepKind("export", 1, _export, seconds_guess=3.0)
