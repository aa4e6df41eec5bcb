"""Memory given back: the engine after switching between two models of 2 GB and more, beside a fresh process.

python -m tests.bench.memory        needs some 6 GB of disk and 8 GB of memory, and takes minutes
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.report import line

_NARROW = {
    "block_out_channels": [160, 320, 640],
    "attention_head_dim": [5, 10, 10],
}

CHILD = """
import gc, sys
from pathlib import Path
import psutil
from engine.picture.generate import generate
from engine.protocol.recipes import PictureRecipe
from tests.bench.sdxl_gpu import installed
for place in sys.argv[1:]:
    model = installed(Path(place), native_size=256)
    generate(PictureRecipe(prompt="a fox", steps=1), model, on_step=lambda *s: None, cancelled=lambda: False)
print(psutil.Process().memory_info().rss)
"""


def _resident(*folders: Path) -> int:
    """Bytes held by a process that made a picture with each of the models, one after another."""
    command = [sys.executable, "-c", CHILD, *map(str, folders)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return int(done.stdout.splitlines()[-1])


def bench() -> None:
    from tests.bench.sdxl_random import save

    with tempfile.TemporaryDirectory() as scratch:
        models = [save(Path(scratch) / name, "cpu", seed=seed, **_NARROW) for seed, name in enumerate("ab")]
        size = sum(path.stat().st_size for path in models[0].rglob("*.safetensors")) / 1e9
        fresh = _resident(models[1])
        switched = _resident(models[0], models[1])
    ratio = switched / fresh
    line(
        f"Memory after switching between two models of {size:.1f} GB",
        f"{switched / 2**20:.0f} MiB; fresh process {fresh / 2**20:.0f} MiB; ratio {ratio:.2f}",
        goal="<= 1.10", met=ratio <= 1.10,
    )  # fmt: skip


if __name__ == "__main__":
    bench()
