"""A tiny checkpoint of each family, installed once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.models.catalogue import ModelCatalogue
from engine.models.installed import InstalledModel
from tests.dummies import diffusion, flow

_MAKERS: dict[str, Callable[[Path], Path]] = {
    "sd1": lambda folder: diffusion.save_folder(folder, clip_vocabulary=True),
    "sd2": lambda folder: diffusion.save_folder(folder, second=True, clip_vocabulary=True, prediction="v_prediction"),
    "sd1-inpaint": lambda folder: diffusion.save_folder(folder, latents_in=9),
    "sd1-alpha": lambda folder: diffusion.save_folder(folder, channels=4),
    "sd3": lambda folder: flow.stable_diffusion_3(folder),
    "sd3-clips": lambda folder: flow.stable_diffusion_3(folder, t5=False, clip_vocabulary=True),
    "flux-dev": lambda folder: flow.flux(folder),
    "flux-schnell": lambda folder: flow.flux(folder, guided=False),
    "qwen-image": flow.qwen_image,
    "z-image": flow.z_image,
}


class Dummies:
    """`folder(name)` is a diffusers folder as it would be downloaded; `model(name)` is it installed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.catalogue = ModelCatalogue(root / "models", starter=root / "no-starter")

    def folder(self, name: str) -> Path:
        target = self.root / "made" / name
        return target if target.exists() else _MAKERS[name](target)

    def model(self, name: str) -> InstalledModel:
        if not (self.catalogue.folder / name).exists():
            self.catalogue.install(self.folder(name))
        return self.catalogue.get(name)


@pytest.fixture(scope="session")
def dummies(tmp_path_factory: pytest.TempPathFactory) -> Dummies:
    return Dummies(tmp_path_factory.mktemp("dummies"))
