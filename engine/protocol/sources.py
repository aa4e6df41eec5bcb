"""What an animation starts from: the pose that its action needs, and the recipe of the picture it makes on the way."""

from __future__ import annotations

from engine.protocol.mascot import Pose
from engine.protocol.recipes import Action, AnimationRecipe, AnyRecipe, DrawingRecipe, PictureFile, PictureRecipe

START_POSE: dict[Action, Pose] = {Action.IDLE: Pose.STANDING, Action.WAVE: Pose.WAVING}
"""The pose that an action starts from: who waves begins with an open, raised hand."""

_UPRIGHT = (Pose.STANDING, Pose.WAVING, Pose.HANDS_ON_HIPS)

PICTURE_ROLES = ("picture", "drawing")


def start_pose(action: Action, pose: Pose) -> Pose:
    """The pose to draw a mascot in before it does `action`: upright ones change, who sits or jumps stays so."""
    if pose not in _UPRIGHT or (action is Action.IDLE and pose is Pose.HANDS_ON_HIPS):
        return pose
    return START_POSE[action]


def in_start_pose(
    source: PictureRecipe | DrawingRecipe | PictureFile, action: Action
) -> PictureRecipe | DrawingRecipe | PictureFile:
    """The source as the action needs it. The action overrules a prompt's words; a file is what it is."""
    match source:
        case PictureRecipe():
            return source.model_copy(update={"pose": START_POSE[action]})
        case DrawingRecipe():
            pose = start_pose(action, source.mascot.pose)
            return source.model_copy(update={"mascot": source.mascot.model_copy(update={"pose": pose})})
        case PictureFile():
            return source


def recipe_of_result(recipe: AnyRecipe, role: str) -> AnyRecipe:
    """The recipe that makes just this result of a job: the picture of an animation has the picture's own."""
    if isinstance(recipe, AnimationRecipe) and role in PICTURE_ROLES:
        source = in_start_pose(recipe.source, recipe.action)
        return recipe if isinstance(source, PictureFile) else source
    return recipe
