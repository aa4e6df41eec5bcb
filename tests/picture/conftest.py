"""Tiny checkpoints, installed once for all tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.models.catalogue import ModelCatalogue
from engine.models.installed import InstalledModel
from engine.picture.pipeline import SHELF
from tests.tiny_sdxl import save_folder, save_single_file


@pytest.fixture(scope="session")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> ModelCatalogue:
    return ModelCatalogue(tmp_path_factory.mktemp("library") / "models", starter=Path("nowhere"))


@pytest.fixture(scope="session")
def rgba_model(catalogue: ModelCatalogue, tmp_path_factory: pytest.TempPathFactory) -> InstalledModel:
    return catalogue.install(save_folder(tmp_path_factory.mktemp("made") / "tiny-rgba", alpha=True))


@pytest.fixture(scope="session")
def clip_model(catalogue: ModelCatalogue, tmp_path_factory: pytest.TempPathFactory) -> InstalledModel:
    """With CLIP's whole vocabulary, as every single-file checkpoint has."""
    folder = tmp_path_factory.mktemp("made") / "tiny-clip"
    return catalogue.install(save_folder(folder, alpha=True, clip_vocabulary=True))


@pytest.fixture(scope="session")
def single_file_model(
    catalogue: ModelCatalogue, clip_model: InstalledModel, tmp_path_factory: pytest.TempPathFactory
) -> InstalledModel:
    return catalogue.install(save_single_file(clip_model.path, tmp_path_factory.mktemp("made") / "one.safetensors"))


@pytest.fixture(scope="session")
def rgb_model(catalogue: ModelCatalogue, tmp_path_factory: pytest.TempPathFactory) -> InstalledModel:
    return catalogue.install(save_folder(tmp_path_factory.mktemp("made") / "tiny-rgb", alpha=False))


@pytest.fixture(scope="session", autouse=True)
def _memory_given_back():
    yield
    SHELF.release()
