"""Downloads become installed models; the queue outlives its program."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from engine.downloads.downloader import Downloader, Standing
from engine.downloads.record import DownloadState
from engine.models.addon import AddOn
from engine.models.catalogue import ModelCatalogue
from engine.models.home import MARKER, POINTER
from engine.models.kinds import ModelKind
from engine.protocol.errors import BadInput, BadModel, DiskFull, DownloadFailed, MascotError, NotFound, Offline
from tests.downloads.conftest import Hub, Switch
from tests.downloads.server import TOKEN
from tests.models.addon_files import controlnet, ip_adapter, kohya, write_tensors


def fetched(downloader: Downloader, source: str, **options: str) -> AddOn:
    made = downloader.run(downloader.add(source, **options).id)
    assert isinstance(made, AddOn)
    return made


def only(downloader: Downloader) -> Standing:
    [standing] = downloader.standings()
    return standing


def sentence_of(downloader: Downloader, source: str, kind: type[MascotError], **options: str) -> str:
    with pytest.raises(kind) as caught:
        fetched(downloader, source, **options)
    assert caught.value.sentence.endswith(".") and "\n" not in caught.value.sentence
    return caught.value.sentence


def test_from_the_hub_with_what_its_card_says(hub: Hub, downloader: Downloader) -> None:
    write_tensors(hub.root / "fox" / "red" / "red-fox.safetensors", kohya())
    lora = fetched(downloader, "fox/red")
    assert (lora.name, lora.architecture, lora.licence) == ("red-fox", "sdxl", "openrail++")
    assert (lora.trigger_words, lora.source) == (("ohwx fox",), "fox/red")
    assert lora.sha256 == hashlib.sha256(lora.path.read_bytes()).hexdigest()
    assert only(downloader).download.installed == "lora:red-fox"


def test_one_file_of_several_is_named(hub: Hub, downloader: Downloader) -> None:
    for number, name in enumerate(("a", "b")):
        write_tensors(hub.root / "fox" / "two" / f"{name}.safetensors", kohya(), fill=number)
    assert "name one as fox/two:FILE, of a.safetensors, b.safetensors" in sentence_of(downloader, "fox/two", BadInput)
    assert fetched(downloader, "fox/two:b.safetensors").name == "b"
    assert fetched(downloader, f"{hub.address}/fox/two/resolve/main/a.safetensors").name == "a"


def test_folders_and_image_encoders_come_along(hub: Hub, downloader: Downloader, models: ModelCatalogue) -> None:
    net = hub.root / "fox" / "canny-net"
    write_tensors(net / "diffusion_pytorch_model.safetensors", controlnet())
    (net / "config.json").write_text(json.dumps({"_class_name": "ControlNetModel"}))
    assert fetched(downloader, "fox/canny-net").layout == "diffusers"
    write_tensors(hub.root / "fox" / "ip" / "sdxl" / "ip-adapter_sdxl.safetensors", ip_adapter())
    write_tensors(hub.root / "fox" / "ip" / "sdxl" / "image_encoder" / "model.safetensors", {"vision_model.x": (4,)})
    (hub.root / "fox" / "ip" / "sdxl" / "image_encoder" / "config.json").write_text("{}")
    fetched(downloader, "fox/ip:sdxl/ip-adapter_sdxl.safetensors")
    [adapter] = models.add_ons.list(ModelKind.IP_ADAPTER)
    assert (adapter.path.parent / "image_encoder" / "model.safetensors").is_file()


def test_from_civitai_with_words_preview_and_licence(hub: Hub, downloader: Downloader) -> None:
    (hub.root / "preview.png").write_bytes(b"\x89PNG\r\n\x1a\nrest")
    address = hub.address.replace("127.0.0.1", "localhost")
    lora = fetched(downloader, f"{address}/models/3/fox-style?modelVersionId=7")
    assert lora.trigger_words == ("zorbo fox", "smiling")
    assert (lora.licence, lora.base_model) == ("Civitai: pictures may be sold, credit the author", "SDXL 1.0")
    assert lora.preview is not None and lora.preview.read_bytes().startswith(b"\x89PNG")
    assert lora.description == "Foxes."


def test_any_address_with_an_expected_checksum(hub: Hub, downloader: Downloader) -> None:
    right = hashlib.sha256((hub.root / "lora.safetensors").read_bytes()).hexdigest()
    assert "SHA-256 is another one" in sentence_of(downloader, hub.url("plain"), DownloadFailed, sha256="1" * 64)
    assert fetched(downloader, hub.url("slow"), sha256=right).name == "lora"


def test_a_checksum_that_was_mistyped_can_be_given_anew(hub: Hub, downloader: Downloader) -> None:
    right = hashlib.sha256((hub.root / "lora.safetensors").read_bytes()).hexdigest()
    assert "SHA-256 is another one" in sentence_of(downloader, hub.url("plain"), DownloadFailed, sha256="1" * 64)
    assert fetched(downloader, hub.url("plain"), sha256=right).name == "lora"
    assert len(downloader.standings()) == 1


def test_gated_models_take_the_token_of_the_keyring(hub: Hub, downloader: Downloader, switch: Switch) -> None:
    write_tensors(hub.root / "gated" / "fox" / "fox.safetensors", kohya())
    assert "accept the model's terms on its page" in sentence_of(downloader, "gated/fox", DownloadFailed)
    switch.token = TOKEN
    assert fetched(downloader, "gated/fox").name == "fox"


def test_pickles_and_nonsense_are_refused_before_anything_comes(hub: Hub, downloader: Downloader) -> None:
    (hub.root / "fox" / "old").mkdir(parents=True)
    (hub.root / "fox" / "old" / "model.ckpt").write_bytes(b"x")
    assert "is a Python pickle" in sentence_of(downloader, "fox/old", BadModel)
    assert "is a Python pickle" in sentence_of(downloader, hub.url("plain", "model.ckpt"), BadModel)
    assert "is no file or folder" in sentence_of(downloader, "what is this", BadInput)
    assert "check the id" in sentence_of(downloader, "nobody/nothing", DownloadFailed)
    assert downloader.standings() == []


def test_a_download_that_is_no_model_fails_and_installs_nothing(
    hub: Hub, downloader: Downloader, models: ModelCatalogue
) -> None:
    (hub.root / "notes.safetensors").write_bytes(b"\x80\x04pickled, under another name" * 40)
    assert "is a Python pickle" in sentence_of(downloader, hub.url("plain", "notes.safetensors"), BadModel)
    assert only(downloader).download.state is DownloadState.FAILED
    assert all(add_on.builtin for add_on in models.add_ons.list())


def test_two_downloads_of_one_file_are_one(hub: Hub, downloader: Downloader) -> None:
    first = downloader.add(hub.url("slow"))
    assert downloader.add(hub.url("slow")).id == first.id
    other = threading.Thread(target=downloader.run, args=(first.id,))
    other.start()
    while only(downloader).download.state is not DownloadState.RUNNING:
        time.sleep(0.005)
    assert downloader.run(first.id) is None
    other.join()
    assert only(downloader).download.state is DownloadState.DONE
    assert len(hub.requests("slow")) == 1


def test_pause_and_resume(hub: Hub, downloader: Downloader) -> None:
    download = downloader.add(hub.url("slow"))
    worker = threading.Thread(target=downloader.run, args=(download.id,))
    worker.start()
    while only(downloader).done_bytes < 20_000:
        time.sleep(0.005)
    downloader.pause(download.id)
    worker.join()
    standing = only(downloader)
    assert standing.download.state is DownloadState.PAUSED and standing.done_bytes >= 20_000
    assert downloader.resume(download.id).state is DownloadState.WAITING
    assert downloader.run(download.id) is not None
    assert hub.requests("slow")[-1]["headers"]["range"].startswith("bytes=")


def test_cancel_throws_away_what_came_and_nothing_else(
    hub: Hub, downloader: Downloader, models: ModelCatalogue
) -> None:
    kept = fetched(downloader, hub.url("plain"))
    download = downloader.add(hub.url("slow"))
    worker = threading.Thread(target=downloader.run, args=(download.id,))
    worker.start()
    while downloader.standings()[-1].done_bytes < 20_000:
        time.sleep(0.005)
    downloader.cancel(download.id)
    worker.join()
    assert only(downloader).download.state is DownloadState.DONE and kept.path.is_file()


def test_a_killed_program_leaves_a_download_that_goes_on(hub: Hub, downloader: Downloader, tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from engine.downloads.downloader import Downloader\n"
        "from engine.downloads.net import Net; from engine.models.catalogue import ModelCatalogue\n"
        "d = Downloader(ModelCatalogue(Path(sys.argv[1])), Net(lambda: False, lambda host: None))\n"
        "d.run(d.add(sys.argv[2]).id)\n"
    )
    folder = tmp_path / "library" / "models"
    process = subprocess.Popen([sys.executable, "-c", script, str(folder), hub.url("slow")])
    deadline = time.monotonic() + 60
    while not any(one.done_bytes > 20_000 for one in downloader.standings()):
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.01)
    assert only(downloader).elsewhere
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    standing = only(downloader)
    assert standing.download.state is DownloadState.PAUSED and not standing.elsewhere
    downloader.resume(standing.download.id)
    made = downloader.run(standing.download.id)
    assert made is not None and made.path.read_bytes() == (hub.root / "lora.safetensors").read_bytes()
    assert int(hub.requests("slow")[-1]["headers"]["range"][6:-1]) >= 20_000


def test_offline_nothing_is_asked(hub: Hub, downloader: Downloader, switch: Switch) -> None:
    switch.offline = True
    for source in ("fox/red", hub.url("plain")):
        assert "MascotForge is offline" in sentence_of(downloader, source, Offline)
    assert hub.requests() == []


def test_offline_in_the_middle_stops_and_keeps(hub: Hub, downloader: Downloader, switch: Switch) -> None:
    download = downloader.add(hub.url("slow"))
    timer = threading.Timer(0.05, lambda: setattr(switch, "offline", True))
    timer.start()
    with pytest.raises(Offline):
        downloader.run(download.id)
    assert only(downloader).download.state is DownloadState.FAILED
    switch.offline = False
    assert downloader.run(downloader.resume(download.id).id) is not None


def test_no_room_is_told_before_anything_comes(
    hub: Hub, downloader: Downloader, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tensors(hub.root / "fox" / "red" / "red-fox.safetensors", kohya())
    usage = shutil.disk_usage(hub.root)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    assert "free some space or move the models folder" in sentence_of(downloader, "fox/red", DiskFull)
    assert hub.requests("resolve") == [] and downloader.standings() == []


def test_the_models_disk_unplugged_while_downloading(
    hub: Hub, downloader: Downloader, models: ModelCatalogue, tmp_path: Path
) -> None:
    disk = tmp_path / "usb"
    (disk / "models").mkdir(parents=True)
    (disk / "models" / MARKER).touch()
    models.library_folder.mkdir(parents=True)
    (models.library_folder / POINTER).write_text(json.dumps({"folder": str(disk / "models")}))
    download = downloader.add(hub.url("slow"))
    timer = threading.Timer(0.1, lambda: disk.rename(tmp_path / "pocket"))
    timer.start()
    with pytest.raises(NotFound, match="plug its disk in again"):
        downloader.run(download.id)
    assert not disk.exists(), "nothing is written under the mount point of a disk that is away"
    (tmp_path / "pocket").rename(disk)
    assert downloader.run(downloader.resume(download.id).id) is not None
