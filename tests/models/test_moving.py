"""The models folder moves whole or not at all, goes on after a kill, and is missed politely while its disk is away."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.models.addon_candidate import candidate
from engine.models.catalogue import ModelCatalogue
from engine.models.home import is_here
from engine.models.kinds import ModelKind
from engine.models.moving import MoveModels
from engine.protocol.errors import BadInput, Cancelled, DiskFull, NotFound, UnknownModel
from engine.protocol.picture_options import LoraUse
from tests.models.addon_files import kohya, write_tensors


@pytest.fixture
def filled(catalogue: ModelCatalogue, tmp_path: Path) -> ModelCatalogue:
    for number, name in enumerate(("one", "two", "three")):
        found = candidate(write_tensors(tmp_path / f"{name}.safetensors", kohya(rank=8), fill=number))
        assert found is not None
        catalogue.add_ons.install(found)
    catalogue.add_ons.remove(ModelKind.LORA, "three")
    return catalogue


def names(catalogue: ModelCatalogue) -> list[str]:
    return [add_on.name for add_on in catalogue.add_ons.list() if not add_on.builtin]


def test_models_move_and_the_old_files_lie_in_the_trash(filled: ModelCatalogue, tmp_path: Path) -> None:
    target = tmp_path / "disk" / "models"
    fractions: list[float] = []
    old = MoveModels(filled.library_folder).run(target, fractions.append)
    assert filled.folder == target and names(filled) == ["one", "two"]
    assert filled.add_ons.resolve_lora(LoraUse(name="one")).path.is_relative_to(target)
    assert filled.add_ons.restore(ModelKind.LORA, "three").name == "three"
    assert (old / "loras" / "one" / "one.safetensors").is_file() and fractions[-1] == 1.0


def test_and_back_into_the_library(filled: ModelCatalogue, tmp_path: Path) -> None:
    own = filled.library_folder
    MoveModels(own).run(tmp_path / "disk")
    MoveModels(own).run(own)
    assert filled.folder == own and names(filled) == ["one", "two"]


def test_while_the_disk_is_away_it_is_said_and_nothing_is_written(filled: ModelCatalogue, tmp_path: Path) -> None:
    disk = tmp_path / "usb"
    MoveModels(filled.library_folder).run(disk / "models")
    disk.rename(tmp_path / "pocket")
    disk.mkdir()
    assert not is_here(filled.library_folder) and names(filled) == []
    with pytest.raises(NotFound, match="plug its disk in again"):
        filled.add_ons.resolve_lora(LoraUse(name="one"))
    with pytest.raises(NotFound, match="plug its disk in again"):
        filled.get("anything")
    found = candidate(tmp_path / "one.safetensors")
    assert found is not None
    with pytest.raises(NotFound, match="plug its disk in again"):
        filled.add_ons.install(found)
    assert list(disk.iterdir()) == []
    disk.rmdir()
    (tmp_path / "pocket").rename(disk)
    assert names(filled) == ["one", "two"]
    with pytest.raises(UnknownModel):
        filled.add_ons.resolve_lora(LoraUse(name="nothing like it"))


def test_a_killed_move_goes_on(filled: ModelCatalogue, tmp_path: Path) -> None:
    big = filled.folder / "loras" / "one" / "big.bin"
    with big.open("wb") as file:
        for number in range(60):
            file.write(bytes([number]) * 2**20)
    target = tmp_path / "disk"
    script = (
        "import sys; from pathlib import Path; from engine.models.moving import MoveModels\n"
        "MoveModels(Path(sys.argv[1])).run(Path(sys.argv[2]))\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script, str(filled.library_folder), str(target)])
    deadline = time.monotonic() + 60
    while not list(target.rglob("*.part")):
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert filled.folder == filled.library_folder and names(filled) == ["one", "two"]
    move = MoveModels(filled.library_folder)
    assert move.unfinished == target
    move.resume()
    assert filled.folder == target and names(filled) == ["one", "two"] and move.unfinished is None
    assert (target / "loras" / "one" / "big.bin").stat().st_size == 60 * 2**20


def test_a_stopped_move_leaves_the_models_where_they_were(filled: ModelCatalogue, tmp_path: Path) -> None:
    with pytest.raises(Cancelled, match="the models are where they were"):
        MoveModels(filled.library_folder).run(tmp_path / "disk", stop=lambda: True)
    assert filled.folder == filled.library_folder and names(filled) == ["one", "two"]


def test_bad_targets_are_refused(filled: ModelCatalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    move = MoveModels(filled.library_folder)
    with pytest.raises(BadInput, match="choose a folder apart"):
        move.run(filled.folder / "inside")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "holiday.jpg").touch()
    with pytest.raises(BadInput, match=r"is not empty \(it holds holiday.jpg\)"):
        move.run(tmp_path / "mine")
    usage = shutil.disk_usage(tmp_path)._replace(free=10)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    with pytest.raises(DiskFull, match="choose another disk"):
        move.run(tmp_path / "small")
    assert not (tmp_path / "small").exists()
