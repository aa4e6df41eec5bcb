"""A picture by the product's own engine process, from a tiny checkpoint that is made here."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from PIL import Image

from engine.blobs.store import BlobStore
from engine.models.catalogue import ModelCatalogue
from engine.protocol.events import ArtifactMade, Progress, StepDone
from engine.protocol.recipes import ModelRef, PictureRecipe
from engine.protocol.wire import Workplace
from tests.runner.conftest import Client
from tests.tiny_sdxl import save_folder


def test_a_prompt_becomes_a_picture_with_previews_and_another_size_reuses_it(
    workplace: Workplace, tmp_path: Path
) -> None:
    model = ModelCatalogue(Path(workplace.models)).install(save_folder(tmp_path / "tiny", alpha=True))
    recipe = PictureRecipe(prompt="a blue fox", model=ModelRef(name=model.name), width=128, height=128, steps=4, seed=7)
    client = Client(workplace, None)
    try:
        client.engine.submit("job", recipe)
        events = client.until_ended("job")
        assert client.kinds("job")[-1] == "done", events[-1]
        (artifact,) = [event.artifact for event in events if isinstance(event, ArtifactMade)]
        image = Image.open(BytesIO(BlobStore(Path(workplace.blobs)).read(artifact.blob)))
        assert (image.mode, image.size) == ("RGBA", (128, 128))
        assert artifact.effective["model_hash"] == model.hash
        assert artifact.effective["upscaler"]
        assert any(event.preview for event in events if isinstance(event, Progress))

        client.engine.submit("larger", recipe.model_copy(update={"width": 256, "height": 256}))
        client.until_ended("larger")
        done = [(event.step, event.cached) for event in client.of("larger") if isinstance(event, StepDone)]
        assert done == [("generate", True), ("finish", False)]
    finally:
        client.engine.close()
