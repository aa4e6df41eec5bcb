"""The main job as a user runs it: a sentence becomes a mascot that waves; the pictures themselves are judged."""

from __future__ import annotations

import io
import itertools
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from engine.library.embed import read_recipe
from engine.protocol.recipes import PictureRecipe

PROMPT = "a happy blue fox with a red scarf"


def mascotforge(library: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "engine.cli.main", *map(str, arguments)],
        env={**os.environ, "MASCOTFORGE_LIBRARY": str(library)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@dataclass(frozen=True)
class Made:
    library: Path
    out: Path
    document: dict[str, Any]

    def file(self, ending: str) -> Path:
        return self.out / f"a-happy-blue-fox-with-a-red-scarf-7{ending}"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    library, out = tmp_path_factory.mktemp("library"), tmp_path_factory.mktemp("out")
    done = mascotforge(library, "make", PROMPT, "--seed", "7", "--action", "wave", "--out", out, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    return Made(library, out, json.loads(done.stdout))


def premultiplied(image: Image.Image) -> NDArray[np.float32]:
    return np.asarray(image.convert("RGBA").convert("RGBa"), np.float32)


def frames_of(path: Path) -> list[Image.Image]:
    with Image.open(path) as image:
        frames: list[Image.Image] = []
        for index in range(getattr(image, "n_frames", 1)):
            image.seek(index)
            frames.append(image.convert("RGBA"))
    return frames


def slots_found(pictures: Sequence[Image.Image]) -> list[dict[str, str]]:
    from engine.training.judges.classifier import classify, load_classifier
    from engine.training.judges.drawings import PICTURE_SIZE, SLOTS

    assets = Path(__file__).parents[2] / "assets"
    small = [p.convert("RGBa").resize((PICTURE_SIZE, PICTURE_SIZE), Image.Resampling.BOX) for p in pictures]
    found = classify(load_classifier(assets / "classifier"), np.stack([np.asarray(s) for s in small]))
    return [{slot: values[found[slot][i]] for slot, values in SLOTS.items()} for i in range(len(pictures))]


def test_the_picture_is_a_transparent_mascot_of_1024_pixels(made: Made) -> None:
    picture = Image.open(made.file(".png"))
    assert picture.mode == "RGBA"
    assert picture.size == (1024, 1024)
    alpha = np.asarray(picture)[..., 3]
    assert not alpha[:8].any() and not alpha[-8:].any() and not alpha[:, :8].any() and not alpha[:, -8:].any()
    assert 0.15 < (alpha > 200).mean() < 0.8
    assert ((alpha > 0) & (alpha < 255)).mean() < 0.05, "edges are narrow"


def test_it_shows_what_the_sentence_asks_for(made: Made) -> None:
    (found,) = slots_found([Image.open(made.file(".png"))])
    assert {slot: found[slot] for slot in ("species", "colour", "accessory", "mood")} == {
        "species": "fox", "colour": "blue", "accessory": "scarf", "mood": "happy",
    }  # fmt: skip


def test_the_picture_carries_its_recipe(made: Made) -> None:
    recipe = read_recipe(made.file(".png")).recipe
    assert isinstance(recipe, PictureRecipe)
    assert (recipe.prompt, recipe.seed) == (PROMPT, 7)


def test_every_format_has_the_same_moving_loop(made: Made) -> None:
    counts: dict[str, int] = {}
    for suffix in ("-wave.webp", "-wave.png", "-wave.gif"):
        frames = frames_of(made.file(suffix))
        counts[suffix] = len(frames)
        assert len(frames) >= 10
        assert all(np.asarray(frame)[0, 0, 3] == 0 for frame in frames), f"{suffix} is transparent"
    with zipfile.ZipFile(made.file("-wave.zip")) as archive:
        names = sorted(archive.namelist())
        frames = [Image.open(io.BytesIO(archive.read(name))).convert("RGBA") for name in names]
    assert len(frames) == counts["-wave.webp"] == counts["-wave.png"]
    steps = [np.abs(premultiplied(a) - premultiplied(b)).mean() for a, b in itertools.pairwise(frames)]
    closing = np.abs(premultiplied(frames[-1]) - premultiplied(frames[0])).mean()
    assert max(steps) > 0.5, "it moves"
    assert closing <= 1.5 * max(steps), "the loop closes without a jump"
    far = max(np.abs(premultiplied(frame) - premultiplied(frames[0])).mean() for frame in frames)
    assert far > 3 * np.median(steps), "it goes somewhere and comes back"


def test_the_film_has_alpha(made: Made) -> None:
    import av
    from av.codec.context import CodecContext

    with av.open(str(made.file("-wave.webm"))) as container:
        stream = container.streams.video[0]
        assert stream.metadata.get("alpha_mode", stream.metadata.get("ALPHA_MODE")) == "1"
        # The default VP9 decoder drops alpha silently.
        decoder: Any = CodecContext.create("libvpx-vp9", "r")
        shown = [frame for packet in container.demux(stream) if packet.size for frame in decoder.decode(packet)]
        picture = shown[0].to_ndarray(format="rgba")
    assert picture[0, 0, 3] == 0
    assert picture[..., 3].max() > 240


def test_make_again_is_free_and_the_same(made: Made, tmp_path: Path) -> None:
    again = mascotforge(made.library, "make", PROMPT, "--seed", "7", "--action", "wave", "--out", tmp_path, "--json")
    assert again.returncode == 0, again.stdout + again.stderr
    blobs = [result["blob"] for result in made.document["jobs"][0]["results"]]
    assert [result["blob"] for result in json.loads(again.stdout)["jobs"][0]["results"]] == blobs


def test_count_leaves_exactly_so_many_pictures(made: Made, tmp_path: Path) -> None:
    done = mascotforge(
        made.library, "generate", "a sleepy green bear", "--count", "3", "--seed", "5", "--width", "256", "--height",
        "384", "--out", tmp_path, "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    files = sorted(tmp_path.iterdir())
    assert [file.suffix for file in files] == [".png"] * 3
    pictures = [Image.open(file) for file in files]
    assert {picture.size for picture in pictures} == {(256, 384)}
    assert len({picture.tobytes() for picture in pictures}) == 3


def test_unknown_words_get_a_note(made: Made, tmp_path: Path) -> None:
    done = mascotforge(
        made.library, "generate", "a blue dragon fox", "--seed", "1", "--steps", "1", "--width", "256", "--height",
        "256", "--out", tmp_path, "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert any("doesn't know" in note and "dragon" in note for note in json.loads(done.stdout)["notes"])
