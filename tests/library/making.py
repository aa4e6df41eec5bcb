"""Small real things that the library's tests put into it."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO
from pathlib import Path
from subprocess import PIPE

from PIL import Image

from engine.library.entries import Entry
from engine.library.library import Library
from engine.protocol.artifacts import Artifact, AssetType
from engine.protocol.recipes import PictureRecipe

ROOT = Path(__file__).resolve().parents[2]


def png(colour: tuple[int, int, int, int] = (40, 90, 220, 255), size: tuple[int, int] = (8, 8)) -> bytes:
    file = BytesIO()
    Image.new("RGBA", size, colour).save(file, "PNG")
    return file.getvalue()


def add_picture(
    library: Library,
    project_id: str,
    prompt: str = "a happy blue fox",
    *,
    data: bytes | None = None,
    job_id: str | None = None,
    file_name: str = "fox.png",
) -> Entry:
    data = png() if data is None else data
    artifact = Artifact(
        type=AssetType.IMAGE,
        role="picture",
        blob=library.blobs.add_bytes(data),
        media_type="image/png",
        file_name=file_name,
        size_bytes=len(data),
        width=8,
        height=8,
        effective={"device": "cpu"},
    )
    return library.gallery.add(project_id, job_id, artifact, PictureRecipe(prompt=prompt))


def start_python(script: str, *arguments: object) -> subprocess.Popen[str]:
    """A Python program of its own that can import the engine; its output is read through pipes."""
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdin=PIPE, stdout=PIPE, stderr=PIPE, text=True)


def run_in_namespace(setup: str, script: str, *arguments: object) -> str | None:
    """Run a Python script in a mount namespace after a shell `setup`; None where this system allows no namespaces."""
    names = " ".join(f"'{argument}'" for argument in arguments)
    shell = f"set -e; {setup}; exec '{sys.executable}' -c \"$SCRIPT\" {names}"
    for unshare in (["unshare", "-m"], ["unshare", "-rm"]):
        try:
            probe = subprocess.run([*unshare, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False)
        except FileNotFoundError:
            return None
        if probe.returncode == 0:
            environment = {"SCRIPT": script, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
            command = [*unshare, "bash", "-c", shell]
            done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
            return done.stdout
    return None
