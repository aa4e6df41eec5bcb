"""The pose of a recipe overrules the prompt's pose words."""

from __future__ import annotations

import pytest

from engine.builder.words import parse
from engine.picture.prompt import prompt_to_send
from engine.protocol.mascot import Pose
from engine.protocol.recipes import PictureRecipe


@pytest.mark.parametrize(
    ("prompt", "pose", "sent"),
    [
        ("a happy blue fox with a red scarf", None, "a happy blue fox with a red scarf"),
        ("a happy blue fox with a red scarf", Pose.STANDING, "a happy blue fox with a red scarf, standing"),
        ("a fox waving hello", Pose.WAVING, "a fox waving hello"),
        ("a jumping fox with a crown", Pose.STANDING, "a fox with a crown, standing"),
        ("a fox that is sitting and waving, in blue", Pose.STANDING, "a fox, in blue, standing"),
        ("Fox Jumping Up", Pose.SITTING, "Fox, sitting"),
        ("a bear with hands on hips", Pose.STANDING, "a bear, standing"),
        ("jumping", Pose.STANDING, "standing"),
        ("a dog who waves while sitting", Pose.WAVING, "a dog, waving"),
    ],
)
def test_prompt_gets_the_pose_of_the_recipe(prompt: str, pose: Pose | None, sent: str) -> None:
    assert prompt_to_send(PictureRecipe(prompt=prompt, pose=pose)) == sent


@pytest.mark.parametrize("pose", list(Pose))
def test_builder_reads_the_asked_pose_back_and_the_rest_unchanged(pose: Pose) -> None:
    before = parse("a sad pink robot with a green top hat, waving").known
    sent = prompt_to_send(PictureRecipe(prompt="a sad pink robot with a green top hat, waving", pose=pose))
    assert parse(sent).known == {**before, "pose": pose}
