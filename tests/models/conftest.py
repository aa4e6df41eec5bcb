"""A tiny SDXL as a folder and as a single file, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.models.catalogue import ModelCatalogue
from tests.tiny_sdxl import save_folder, save_single_file


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_folder(tmp_path_factory.mktemp("made") / "tiny fox", alpha=True, clip_vocabulary=True)


@pytest.fixture(scope="session")
def tiny_file(tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("made") / "foxes-v1.safetensors"
    return save_single_file(tiny_folder, target, **{"modelspec.license": "MIT"})


@pytest.fixture
def catalogue(tmp_path: Path) -> ModelCatalogue:
    return ModelCatalogue(tmp_path / "models", starter=tmp_path / "no-starter")
