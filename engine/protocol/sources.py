"""What an animation starts from: the pose that its action needs, and the recipe of the picture it makes on the way."""

from __future__ import annotations

from engine.protocol.mascot import Pose
from engine.protocol.recipes import Action, AnimationRecipe, DrawingRecipe, PictureFile, PictureRecipe

START_POSE: dict[Action, Pose] = {Action.IDLE: Pose.STANDING, Action.WAVE: Pose.STANDING}
"""The pose that an action starts from, whatever the prompt's words or the builder's controls say."""

PICTURE_ROLES = ("picture", "drawing")


def in_start_pose(
    source: PictureRecipe | DrawingRecipe | PictureFile, action: Action
) -> PictureRecipe | DrawingRecipe | PictureFile:
    """The source as the action needs it; a file is what it is."""
    pose = START_POSE[action]
    match source:
        case PictureRecipe():
            return source.model_copy(update={"pose": pose})
        case DrawingRecipe():
            return source.model_copy(update={"mascot": source.mascot.model_copy(update={"pose": pose})})
        case PictureFile():
            return source


def recipe_of_result(
    recipe: PictureRecipe | DrawingRecipe | AnimationRecipe, role: str
) -> PictureRecipe | DrawingRecipe | AnimationRecipe:
    """The recipe that makes just this result of a job: the picture of an animation has the picture's own."""
    if isinstance(recipe, AnimationRecipe) and role in PICTURE_ROLES:
        source = in_start_pose(recipe.source, recipe.action)
        return recipe if isinstance(source, PictureFile) else source
    return recipe
