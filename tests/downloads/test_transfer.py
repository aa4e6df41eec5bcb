"""A download arrives whole and unchanged, or says in one sentence why it didn't, whatever the server does."""

from __future__ import annotations

import hashlib
import shutil
import socket
import time
from collections import namedtuple
from pathlib import Path

import pytest

from engine.downloads.net import Net
from engine.downloads.plan import WantedFile
from engine.downloads.transfer import Transfer
from engine.protocol.errors import Cancelled, DiskFull, DownloadFailed, MascotError, Offline
from tests.downloads.conftest import Hub, Switch

PLACE = "lora.safetensors"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "coming"
    place.mkdir()
    return place


@pytest.fixture
def net(switch: Switch) -> Net:
    return Net(lambda: switch.offline, lambda _host: switch.token, timeout_s=5)


def fetch(net: Net, folder: Path, url: str, stop_at: int | None = None, **promised: object) -> Path:
    seen = [0]

    def told(done: int, _total: int | None) -> None:
        seen[0] = done

    wanted = WantedFile(url, PLACE, **promised)  # type: ignore[arg-type]
    stop = (lambda: seen[0] >= stop_at) if stop_at is not None else (lambda: False)
    return Transfer(net, wanted, folder, stop, told, first_pause_s=0.01).run()


def truth(hub: Hub) -> bytes:
    return (hub.root / PLACE).read_bytes()


def digest(hub: Hub) -> str:
    return hashlib.sha256(truth(hub)).hexdigest()


def refused(net: Net, folder: Path, url: str, kind: type[MascotError] = DownloadFailed, **promised: object) -> str:
    with pytest.raises(kind) as caught:
        fetch(net, folder, url, **promised)
    sentence = caught.value.sentence
    assert "\n" not in sentence and sentence.endswith("."), sentence
    assert not (folder / PLACE).exists()
    return sentence


@pytest.mark.parametrize("manner", ["plain", "slow", "dropping", "no-ranges", "busy"])
def test_the_file_arrives_whole(hub: Hub, net: Net, folder: Path, manner: str) -> None:
    assert fetch(net, folder, hub.url(manner), sha256=digest(hub)).read_bytes() == truth(hub)
    assert [path.name for path in folder.iterdir()] == [PLACE]


def test_a_broken_connection_goes_on_where_it_stopped(hub: Hub, net: Net, folder: Path) -> None:
    fetch(net, folder, hub.url("dropping"))
    asked = [one["headers"] for one in hub.requests("dropping")]
    third = len(truth(hub)) // 3
    assert "range" not in asked[0] and asked[1]["range"] == f"bytes={third}-" and asked[1]["if-range"].startswith('"')


def test_a_stopped_download_is_resumed_by_a_new_transfer(hub: Hub, net: Net, folder: Path) -> None:
    with pytest.raises(Cancelled):
        fetch(net, folder, hub.url("slow"), stop_at=30_000)
    kept = (folder / f"{PLACE}.part").stat().st_size
    assert 30_000 <= kept < len(truth(hub))
    assert fetch(net, folder, hub.url("slow")).read_bytes() == truth(hub)
    assert hub.requests("slow")[-1]["headers"]["range"] == f"bytes={kept}-"


def test_a_file_that_changed_meanwhile_is_fetched_anew(hub: Hub, net: Net, folder: Path) -> None:
    assert fetch(net, folder, hub.url("changing")).read_bytes() == bytes(reversed(truth(hub)))


def test_a_part_without_a_tag_or_checksum_is_not_trusted(hub: Hub, net: Net, folder: Path) -> None:
    (folder / f"{PLACE}.part").write_bytes(b"old")
    assert fetch(net, folder, hub.url("plain")).read_bytes() == truth(hub)
    assert "range" not in hub.requests("plain")[0]["headers"]


def test_lies_about_the_length_are_noticed(hub: Hub, net: Net, folder: Path) -> None:
    size = len(truth(hub))
    promised = f"{size:,} that were promised"
    assert f"{size - 100:,} bytes instead of the {promised}" in refused(net, folder, hub.url("short"), size_bytes=size)
    assert f"{size + 100:,} bytes instead of the {promised}" in refused(net, folder, hub.url("longer"), size_bytes=size)
    assert "sends more than" in refused(net, folder, hub.url("endless"), size_bytes=size)
    assert "changes on 127.0.0.1 while it is downloaded" in refused(net, folder, hub.url("restless"))


def test_a_wrong_checksum_throws_the_file_away(hub: Hub, net: Net, folder: Path) -> None:
    assert "SHA-256 is another one" in refused(net, folder, hub.url("plain"), sha256="0" * 64)
    assert list(folder.iterdir()) == []


def test_a_download_that_does_not_go_on_keeps_what_came(hub: Hub, net: Net, folder: Path) -> None:
    assert "does not go on; resume it later" in refused(net, folder, hub.url("stuck"))
    assert (folder / f"{PLACE}.part").stat().st_size == len(truth(hub)) // 2


def test_pages_missing_files_and_plain_redirects(hub: Hub, net: Net, folder: Path) -> None:
    assert "answered with a web page instead of lora" in refused(net, folder, hub.url("page"))
    assert "has nothing at" in refused(net, folder, hub.url("plain", "none.safetensors"))
    assert "without encryption" in refused(net, folder, hub.url("plain-redirect"))
    assert "must begin with https://" in refused(net, folder, "http://example.org/x.safetensors")
    assert "can't be" not in refused(net, folder, "ftp://example.org/x.safetensors")


def test_a_server_that_is_gone_is_told_after_some_tries(net: Net, folder: Path) -> None:
    assert "stopped at 0 bytes and does not go on" in refused(net, folder, "http://127.0.0.1:9/x.safetensors")


def test_a_host_that_nobody_knows_is_told_at_once(net: Net, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody_knows(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nobody_knows)
    began = time.monotonic()
    assert "There is no host “nowhere.invalid”" in refused(net, folder, "https://nowhere.invalid/x.safetensors")
    assert time.monotonic() - began < 10


def test_a_full_disk_is_told_before_and_while_writing(
    hub: Hub, net: Net, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = folder / f"{PLACE}.part"
    part.symlink_to("/dev/full")
    assert "No space is left on the disk" in refused(net, folder, hub.url("plain"), DiskFull)
    part.unlink(missing_ok=True)
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage(10, 9, 1))
    assert "free some space and resume" in refused(net, folder, hub.url("plain"), DiskFull)


def test_offline_opens_no_connection(hub: Hub, net: Net, folder: Path, switch: Switch) -> None:
    switch.offline = True
    assert "MascotForge is offline" in refused(net, folder, hub.url("plain"), Offline)
    assert hub.requests("/files/") == []
