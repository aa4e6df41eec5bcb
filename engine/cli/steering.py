"""What steers a picture, from the command line's options: LoRAs, style, files, the defaults that suit the model."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from engine.cli.context import Context
from engine.protocol.errors import BadInput, BadPicture
from engine.protocol.picture_options import ControlKind, ModelRef
from engine.protocol.recipes import PictureRecipe
from engine.protocol.sentences import bad_input

if TYPE_CHECKING:
    from engine.models.addon import InstalledLora
    from engine.models.installed import InstalledModel


def resolved(context: Context, recipe: PictureRecipe) -> PictureRecipe:
    """The recipe in the style that was asked for, with the content hash of its model and LoRAs, so that it means the
    same for ever, and with the steps and guidance that suit them where none were given.

    Raises UnknownModel, BadModel, NotFound (no such style), BadInput.
    """
    from engine.dispatch.models import catalogue

    recipe = _styled(context, recipe)
    model = catalogue(context.library).resolve(recipe.model)
    loras = _installed_loras(context, recipe, model)
    uses = [use.model_copy(update={"hash": lora.hash}) for use, lora in zip(recipe.loras, loras, strict=True)]
    named = recipe.model_copy(update={"model": ModelRef(name=model.name, hash=model.hash), "loras": tuple(uses)})
    return _with_defaults(named, model, loras, context.options)


def with_pictures(context: Context, recipe: PictureRecipe) -> PictureRecipe:
    """The recipe with the files of `add_pictures`' options, which become blobs. Raises BadInput, BadPicture."""
    options = context.options
    fields: dict[str, object] = {}
    if options.init is not None:
        fields["start"] = _start(context)
    elif options.mask or options.extend or options.strength or options.feather:
        given = next(name for name in ("mask", "extend", "strength", "feather") if getattr(options, name))
        raise BadInput(f"--{given} needs a picture to start from; give it with --init FILE.")
    controls = [(text, False) for text in options.controls] + [(text, True) for text in options.control_maps]
    if controls:
        fields["controls"] = [_control(context, text, ready) for text, ready in controls]
    if options.references:
        fields["references"] = [_picture_and_weight(context, text, "reference") for text in options.references]
    return revalidated(recipe, fields) if fields else recipe


def revalidated(recipe: PictureRecipe, fields: dict[str, object]) -> PictureRecipe:
    """The recipe with other fields. Raises BadInput with the first problem as one sentence."""
    try:
        return PictureRecipe.model_validate({**recipe.model_dump(), **fields})
    except ValidationError as error:
        raise bad_input(error) from error


def _styled(context: Context, recipe: PictureRecipe) -> PictureRecipe:
    if not context.options.style:
        return recipe
    from engine.presets import apply, find

    try:
        return apply(find(context.library.folder, context.options.style), recipe)
    except ValidationError as error:
        raise bad_input(error) from error


def _installed_loras(context: Context, recipe: PictureRecipe, model: InstalledModel) -> list[InstalledLora]:
    if not recipe.loras:
        return []
    from engine.models.addons import AddOns

    known = AddOns(context.library.folder / "models")
    return [known.resolve_lora(use, model) for use in recipe.loras]


def _with_defaults(
    recipe: PictureRecipe, model: InstalledModel, loras: list[InstalledLora], options: argparse.Namespace
) -> PictureRecipe:
    from engine.models.few_steps import defaults_for

    suited = defaults_for(model, loras)
    initial = PictureRecipe.model_fields
    update: dict[str, Any] = {
        name: getattr(suited, name)
        for name in ("steps", "guidance")
        if getattr(options, name) is None and getattr(recipe, name) == initial[name].default
    }
    return recipe.model_copy(update=update)


def _start(context: Context) -> dict[str, object]:
    options = context.options
    start: dict[str, object] = {"blob": add_picture(context, options.init)}
    if options.mask is not None:
        start["mask"] = add_picture(context, options.mask)
        _require_fitting_mask(context, str(start["mask"]), str(start["blob"]))
    else:
        _require_visible(context, str(start["blob"]))
    for name in ("strength", "feather"):
        if getattr(options, name):
            start[name] = getattr(options, name)
    if options.extend:
        sides = [side.strip() for side in options.extend.split(",")]
        if len(sides) != 4:
            raise BadInput(f"--extend takes four numbers, LEFT,TOP,RIGHT,BOTTOM; you gave “{options.extend}”.")
        start["margins"] = dict(zip(("left", "top", "right", "bottom"), sides, strict=True))
    return start


def _require_fitting_mask(context: Context, mask: str, picture: str) -> None:
    """Said before a job is queued. Raises BadInput."""
    from engine.picture.guided.masks import read_mask
    from engine.runner.steps.pictures import read_rgba

    blobs = context.library.blobs
    read_mask(read_rgba(blobs.path(mask)), read_rgba(blobs.path(picture)))


def _require_visible(context: Context, picture: str) -> None:
    """A clear picture is nothing to start from, unless a mask says what to put there. Raises BadPicture."""
    from engine.runner.steps.pictures import read_rgba

    if not read_rgba(context.library.blobs.path(picture))[..., 3].any():
        raise BadPicture(
            f"The picture {context.options.init} shows nothing, so there is nothing to start from; choose another, or "
            "leave --init out."
        )


def _control(context: Context, text: str, ready: bool) -> dict[str, object]:
    kind, sign, file = text.partition("=")
    if not sign:
        raise BadInput(f"“{text}” is no control; write its kind and a file, like pose=picture.png.")
    kind = kind.strip()
    if kind not in list(ControlKind):
        raise BadInput(f"There is no control “{kind[:60]}”; it can be {', '.join(ControlKind)}.")
    return {"kind": kind, "ready": ready, **_picture_and_weight(context, file, "control")}


def _picture_and_weight(context: Context, text: str, what: str) -> dict[str, object]:
    """FILE or FILE:WEIGHT; a colon in a path (a drive's letter) is none before a weight."""
    path, colon, weight = text.rpartition(":")
    if not colon or Path(text).is_file():
        return {"blob": add_picture(context, Path(text))}
    try:
        number = float(weight)
    except ValueError:
        return {"blob": add_picture(context, Path(text))}
    return {"blob": add_picture(context, Path(path)), "weight": number}


def add_picture(context: Context, path: Path) -> str:
    """A picture file as a blob of the library. Raises BadPicture, NotFound, LibraryReadOnly, DiskFull."""
    from engine.library.pictures import open_picture

    return context.library.blobs.add_bytes(open_picture(path).data)
