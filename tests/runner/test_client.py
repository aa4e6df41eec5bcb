"""The engine process and its client, with real processes."""

from __future__ import annotations

from engine.protocol.events import ArtifactMade
from engine.protocol.mascot import Mascot
from engine.protocol.recipes import DrawingRecipe
from engine.protocol.wire import Lane
from engine.runner.client import EngineState
from tests.runner.conftest import Client


def test_a_drawing_travels_through_the_engine_process(client: Client, workplace) -> None:
    client.engine.submit("job", DrawingRecipe(mascot=Mascot(), size=256))
    events = client.until_ended("job")
    assert client.kinds("job")[0] == "started"
    assert client.kinds("job")[-1] == "done", events[-1]
    roles = {e.artifact.role: e.artifact for e in events if isinstance(e, ArtifactMade)}
    assert set(roles) == {"picture", "drawing"}
    assert (roles["picture"].width, roles["picture"].file_name) == (256, "happy-orange-fox.png")
    assert client.engine.state(Lane.CPU) is EngineState.READY
    assert client.engine.state(Lane.GPU) is EngineState.STOPPED
