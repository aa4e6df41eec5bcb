"""A puppet between two steps: its rig as JSON, its textures as one file of plain arrays."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.puppet.puppet import Puppet

RIG = "rig.json"
TEXTURES = "textures.npz"


def save_puppet(puppet: Puppet, folder: Path) -> None:
    import numpy as np

    (folder / RIG).write_text(puppet.rig.to_json(), encoding="utf-8")
    arrays = {f"texture{i}": texture.rgba for i, texture in enumerate(puppet.textures)}
    corners = np.array([(texture.left, texture.top) for texture in puppet.textures], dtype=np.int32)
    np.savez(folder / TEXTURES, allow_pickle=False, corners=corners, **arrays)


def load_puppet(rig: Path, textures: Path) -> Puppet:
    """Raises BadInput when the rig is not one that this version reads."""
    import numpy as np

    from engine.puppet.puppet import Puppet, Texture
    from engine.puppet.rig import Rig

    with np.load(textures, allow_pickle=False) as arrays:
        loaded = [
            Texture(arrays[f"texture{i}"], int(left), int(top)) for i, (left, top) in enumerate(arrays["corners"])
        ]
    return Puppet(Rig.from_json(rig.read_bytes()), tuple(loaded))
