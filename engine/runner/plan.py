"""A recipe becomes a plan: which steps, on what inputs, leaving which results."""

from __future__ import annotations

from engine.protocol.recipes import (
    AnimationRecipe,
    AnyRecipe,
    ControlMapRecipe,
    DrawingRecipe,
    LogoRecipe,
    LoraTrainingRecipe,
    PictureFile,
    PictureRecipe,
    UpscaleRecipe,
)
from engine.protocol.sources import in_start_pose
from engine.protocol.wire import Workplace
from engine.runner.step import Plan, Step
from engine.runner.steps.animation import export_steps, rig_step
from engine.runner.steps.control import control_map_step
from engine.runner.steps.drawing import draw_step
from engine.runner.steps.logo import logo_step
from engine.runner.steps.picture import finish_step, generate_step
from engine.runner.steps.tuning import train_step
from engine.runner.steps.upscale import upscale_step


def plan(recipe: AnyRecipe, workplace: Workplace) -> Plan:
    """The steps of a recipe. Raises UnknownModel when its checkpoint is not installed."""
    match recipe:
        case PictureRecipe():
            return Plan((_picture(recipe, workplace),))
        case DrawingRecipe():
            return Plan((draw_step(recipe),))
        case AnimationRecipe():
            return _animation(recipe, workplace)
        case ControlMapRecipe():
            return Plan((control_map_step(recipe),))
        case LoraTrainingRecipe():
            return Plan((train_step(recipe, workplace),))
        case LogoRecipe():
            picture = _picture(recipe.source, workplace) if isinstance(recipe.source, PictureRecipe) else None
            return Plan((*([picture] if picture else []), logo_step(recipe, picture)))
        case UpscaleRecipe():
            return Plan((upscale_step(recipe, workplace),))


def _picture(recipe: PictureRecipe, workplace: Workplace) -> Step:
    return finish_step(recipe, generate_step(recipe, workplace))


def _animation(recipe: AnimationRecipe, workplace: Workplace) -> Plan:
    source = in_start_pose(recipe.source, recipe.action)
    match source:
        case PictureRecipe():
            picture = _picture(source, workplace)
        case DrawingRecipe():
            picture = draw_step(source)
        case PictureFile():
            picture = None
    rig = rig_step(source, picture)
    exports = export_steps(recipe, source, rig)
    return Plan((*([picture] if picture else []), rig, *exports))
