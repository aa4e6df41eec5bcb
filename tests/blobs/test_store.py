from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.blobs.files import write_bytes, written_aside
from engine.blobs.store import BlobStore, hash_bytes
from engine.protocol.errors import BadInput, DiskFull, NotFound


@settings(max_examples=25, deadline=None)
@given(contents=st.lists(st.binary(max_size=3000), max_size=8))
def test_what_goes_in_comes_out_under_its_hash(tmp_path_factory: pytest.TempPathFactory, contents: list[bytes]) -> None:
    store = BlobStore(tmp_path_factory.mktemp("blobs"))
    blobs = [store.add_bytes(data) for data in contents]
    assert [store.read(blob) for blob in blobs] == contents
    assert set(store.all()) == {hash_bytes(data) for data in contents}
    assert all(store.verify(blob) for blob in blobs)


def test_a_missing_blob_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"doctor --library"):
        BlobStore(tmp_path).read("ab" * 32)


def test_an_altered_blob_does_not_verify_and_is_mended_by_adding_it_again(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    blob = store.add_bytes(b"a fox")
    store.path(blob).write_bytes(b"a fo")
    assert not store.verify(blob)
    store.add_bytes(b"a fox")
    assert store.verify(blob)


def test_a_block_that_fails_leaves_the_old_file_and_nothing_aside(tmp_path: Path) -> None:
    target = tmp_path / "file"
    write_bytes(target, b"old")
    with pytest.raises(ZeroDivisionError), written_aside(target) as file:
        file.write(b"new")
        raise ZeroDivisionError
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


FILL_THE_DISK = """
import resource, signal, sys
from pathlib import Path
from engine.blobs.files import write_bytes
from engine.protocol.errors import MascotError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_bytes(Path(sys.argv[1]) / "big", b"x" * 5000)
except OSError as error:
    print("too large", error.errno)
print(sorted(p.name for p in Path(sys.argv[1]).iterdir()))
"""


def test_a_write_that_does_not_fit_leaves_nothing(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", FILL_THE_DISK, tmp_path], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        return
    with pytest.raises(OSError) as caught, full.open("wb") as file:
        file.write(b"x" * 100_000)
    from engine.blobs.files import translate_os_error

    error = translate_os_error(caught.value, tmp_path / "fox.png")
    assert isinstance(error, DiskFull)
    assert str(tmp_path) in error.sentence


def test_a_file_in_a_folder_s_place_is_one_sentence(tmp_path: Path) -> None:
    in_the_way = tmp_path / "maps"
    in_the_way.write_text("a file")
    with pytest.raises(BadInput, match=r"maps can't be a folder, as a file lies in its way"):
        write_bytes(in_the_way / "fox.png", b"x")
