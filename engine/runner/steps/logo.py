"""The logo's step: a drawing or a picture becomes vector files, variants and icon packs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import JsonValue

from engine.protocol.artifacts import AssetType
from engine.protocol.mascot import Mascot
from engine.protocol.recipes import Badge, DrawingRecipe, LogoCrop, LogoRecipe, PictureFile
from engine.runner.step import ArtifactDraft, Step, StepContext, StepKind
from engine.runner.steps.names import slug, title_of
from engine.runner.steps.picture import PICTURE, weights_hash

if TYPE_CHECKING:
    from engine.vector.subject import Subject

LOGO, PREVIEW, PACK = "logo.svg", "logo.png", "logo.zip"
_PREVIEW_PIXELS = 1024


def logo_step(recipe: LogoRecipe, picture: Step | None) -> Step:
    """`picture` is the step that makes the source's picture; None for a drawing and for a file that is a blob."""
    source = recipe.source
    inputs: dict[str, JsonValue] = {
        "crop": recipe.crop.value,
        "colours": recipe.colours,
        "badge": recipe.badge.value,
        "badge_colour": recipe.badge_colour,
        "lettering": recipe.lettering,
        "font": recipe.font,
        "title": recipe.app_name.strip() or recipe.lettering.strip() or title_of(source).replace("-", " ").capitalize(),
        "name": slug(recipe.app_name or recipe.lettering or title_of(source)),
    }
    if isinstance(source, DrawingRecipe):
        return Step("logo", LOGO_OF_DRAWING, {**inputs, "mascot": source.mascot.model_dump(mode="json")})
    joints: dict[str, JsonValue] | None = None
    if isinstance(source, PictureFile):
        inputs["blob"] = source.blob
        if source.joints:
            joints = {name: [x, y] for name, (x, y) in sorted(source.joints.items())}
    looks = recipe.crop is not LogoCrop.WHOLE and joints is None
    finder = weights_hash("joints") if looks else None
    upstream = {"picture": picture} if picture else {}
    kind = LOGO_OF_UNKNOWN if looks else LOGO_OF_PICTURE
    return Step("logo", kind, {**inputs, "joints": joints, "finder": finder}, upstream, work=2.0)


def _of_drawing(context: StepContext) -> None:
    from engine.builder.draw import draw
    from engine.vector.subject import subject_of_drawing

    drawing = draw(Mascot.model_validate(context.inputs["mascot"]))
    crop, colours = LogoCrop(str(context.inputs["crop"])), int(str(context.inputs["colours"]))
    _hand_out(context, subject_of_drawing(drawing, crop, colours))


def _of_picture(context: StepContext) -> None:
    """Joints as given, else (for a head or an emblem) as the joint finder sees them."""
    from engine.runner.steps.pictures import read_rgba
    from engine.vector.crop import require_visible
    from engine.vector.subject import subject_of_picture

    if "picture" in context.upstream:
        path = context.upstream["picture"].path(PICTURE)
    else:
        path = context.blobs.path(str(context.inputs["blob"]))
        context.blobs.read(str(context.inputs["blob"]))
    rgba = read_rgba(path)
    crop, colours = LogoCrop(str(context.inputs["crop"])), int(str(context.inputs["colours"]))
    given = context.inputs["joints"]
    joints = PictureFile.model_validate({"blob": "0" * 64, "joints": given}).joints if given else None
    require_visible(rgba)
    if context.inputs["finder"] is not None:
        from engine.motion.joint_finder import find_joints

        found = find_joints(rgba)
        joints = found.points
        if found.notes:
            context.note("head_guessed", "Where the head is was guessed from the outline; check how the logo is cut.")
    context.progress(0.1)
    context.check()
    _hand_out(context, subject_of_picture(rgba, crop, colours, joints))


def _hand_out(context: StepContext, subject: Subject) -> None:
    from engine.vector.design import Design
    from engine.vector.logo import make_logo
    from engine.vector.pack import pack, zipped
    from engine.vector.render import png
    from engine.vector.svg import svg

    inputs = context.inputs
    colour = inputs["badge_colour"]
    design = Design(
        LogoCrop(str(inputs["crop"])),
        Badge(str(inputs["badge"])),
        str(colour) if colour else None,
        str(inputs["lettering"]),
        str(inputs["font"]),
    )
    context.progress(0.3)
    context.check()
    logo = make_logo(subject, design)

    def told(fraction: float) -> None:
        context.check()
        context.progress(0.4 + 0.55 * fraction, lambda: png(logo.full, 256))

    name, title = str(inputs["name"]), str(inputs["title"])
    files = pack(logo, name, title, told)
    height = round(_PREVIEW_PIXELS * logo.full.height / logo.full.width)
    (context.folder / LOGO).write_text(svg(logo.full, title), encoding="utf-8")
    (context.folder / PREVIEW).write_bytes(png(logo.full, _PREVIEW_PIXELS))
    (context.folder / PACK).write_bytes(zipped(files))
    effective: dict[str, JsonValue] = {"paths": len(logo.full.fills), "colours": list(logo.full.colours)}
    context.keep(
        ArtifactDraft(PREVIEW, AssetType.IMAGE, "picture", "image/png", f"{name}-logo.png", _PREVIEW_PIXELS, height)
    )
    drawing = ArtifactDraft(
        LOGO, AssetType.VECTOR, "logo", "image/svg+xml", f"{name}-logo.svg", _PREVIEW_PIXELS, height
    )
    context.keep(replace(drawing, effective=effective))
    context.keep(ArtifactDraft(PACK, AssetType.OTHER, "logo-pack", "application/zip", f"{name}-logo.zip"))


LOGO_OF_DRAWING = StepKind("logo of drawing", 1, _of_drawing, seconds_guess=5.0)
LOGO_OF_PICTURE = StepKind("logo of picture", 2, _of_picture, seconds_guess=4.0)
LOGO_OF_UNKNOWN = StepKind("logo of unknown picture", 2, _of_picture, seconds_guess=5.0, needs_torch=True)
"""A picture whose joints nobody has placed yet."""
