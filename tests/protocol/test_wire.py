from __future__ import annotations

import time
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from engine.protocol.errors import ErrorCode, MascotError, OutOfMemory, from_code
from engine.protocol.events import EVENT, Failed, Progress
from engine.protocol.ids import canonical_json, new_id
from engine.protocol.mascot import Mascot
from engine.protocol.recipes import AnimationRecipe, DrawingRecipe, PictureRecipe, recipe_from_json
from engine.protocol.wire import FROM_ENGINE, TO_ENGINE, EventMessage, Run

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=12,
)


@given(
    prompt=st.text(min_size=1, max_size=200).filter(str.strip),
    seed=st.integers(0, 2**32 - 1),
    steps=st.integers(1, 150),
    guidance=st.floats(0, 30),
)
def test_a_recipe_survives_the_wire(prompt: str, seed: int, steps: int, guidance: float) -> None:
    picture = PictureRecipe(prompt=prompt, seed=seed, steps=steps, guidance=guidance)
    for recipe in (picture, AnimationRecipe(source=picture), DrawingRecipe(mascot=Mascot(seed=seed))):
        assert recipe_from_json(recipe.model_dump_json()) == recipe
        line = Run(job_id="1", recipe=recipe).model_dump_json()
        assert "\n" not in line
        assert TO_ENGINE.validate_json(line) == Run(job_id="1", recipe=recipe)


def test_events_survive_the_wire_and_ignore_what_a_newer_peer_adds() -> None:
    event = Progress(job_id="1", at=2.0, fraction=0.5, step="generate", eta_s=3.0)
    message = EventMessage(event=event).model_dump_json()
    assert FROM_ENGINE.validate_json(message) == EventMessage(event=event)
    newer = event.model_dump() | {"mood": "sunny"}
    assert EVENT.validate_python(newer) == event


def test_a_recipe_with_an_unknown_field_is_refused_not_half_understood() -> None:
    with pytest.raises(ValidationError):
        recipe_from_json('{"kind": "picture", "prompt": "fox", "lora": "x"}')


def test_errors_keep_their_kind_across_the_wire() -> None:
    failed = Failed(job_id="1", at=0.0, code=ErrorCode.OUT_OF_MEMORY, sentence="Too big.")
    assert isinstance(from_code(failed.code, failed.sentence), OutOfMemory)
    assert type(from_code("from_the_future", "Strange.")) is MascotError


def test_ids_are_uuid7_and_sort_by_time() -> None:
    before = time.time_ns() // 1_000_000
    ids = [new_id() for _ in range(5000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)
    first = uuid.UUID(ids[0])
    assert first.version == 7
    assert first.variant == uuid.RFC_4122
    assert before <= first.int >> 80 <= time.time_ns() // 1_000_000 + 1000


@given(st.dictionaries(st.text(), json_values))
def test_equal_values_have_equal_canonical_bytes(value: dict[str, object]) -> None:
    assert canonical_json(value) == canonical_json(dict(reversed(value.items())))
