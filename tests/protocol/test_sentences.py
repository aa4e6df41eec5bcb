from __future__ import annotations

import pytest
from pydantic import ValidationError

from engine.protocol.recipes import AnimationRecipe, PictureFile, PictureRecipe
from engine.protocol.sentences import sentence_for


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"prompt": ""}, "The prompt is empty"),
        ({"prompt": "   "}, "The prompt is empty"),
        ({"prompt": "x" * 100_000}, "Prompt has 100,000 characters; the most is 4,000"),
        ({"prompt": "fox", "width": 17}, "Width must be a multiple of 8 from 64 to 4096; 17 is not."),
        ({"prompt": "fox", "height": 1001}, "Height must be a multiple of 8"),
        ({"prompt": "fox", "seed": "x"}, "Seed must be a whole number; “x” is not."),
        ({"prompt": "fox", "seed": -1}, "Seed must be 0 or more; you gave -1."),
        ({"prompt": "fox", "seed": 10**12}, "Seed must be 4,294,967,295 or less; you gave 1000000000000."),
        ({"prompt": "fox", "guidance": "nan"}, "Guidance must be a number; “nan” is not."),
        ({"prompt": "fox", "steps": -3}, "Steps must be 1 or more; you gave -3."),
        ({"prompt": "fox", "guidance": "much"}, "Guidance must be a number; “much” is not."),
    ],
)
def test_a_bad_field_is_one_sentence_with_the_way_out(fields: dict[str, object], expected: str) -> None:
    with pytest.raises(ValidationError) as caught:
        PictureRecipe.model_validate(fields)
    sentence = sentence_for(caught.value)
    assert sentence.startswith(expected)
    assert "\n" not in sentence


def test_an_unknown_action_names_the_known_ones() -> None:
    with pytest.raises(ValidationError) as caught:
        AnimationRecipe.model_validate({"source": PictureFile(blob="0" * 64), "action": "moonwalk"})
    assert sentence_for(caught.value) == "Action “moonwalk” is unknown; it can be idle or wave."
