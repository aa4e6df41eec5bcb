"""Where the files lie that ship with the product: the starter checkpoint, SDXL's configuration, small networks."""

from __future__ import annotations

from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2] / "assets"


def asset_path(*parts: str) -> Path:
    """The path of a shipped file or folder, whether or not it exists: `asset_path("starter", "model_index.json")`."""
    return _ROOT.joinpath(*parts)
