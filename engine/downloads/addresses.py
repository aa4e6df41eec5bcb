"""Every place that MascotForge could connect to, and when: only if the user asks for it in that very action."""

from __future__ import annotations

import os
from dataclasses import dataclass
from urllib.parse import urlsplit

HUB_VARIABLE = "HF_ENDPOINT"
CIVITAI_VARIABLE = "MASCOTFORGE_CIVITAI"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Connection:
    """`host` is where, `when` the user's action that makes it, `sends` what goes out."""

    name: str
    host: str
    when: str
    sends: str


def hub_address() -> str:
    """The model hub's address, without a slash at its end."""
    return os.environ.get(HUB_VARIABLE, "https://huggingface.co").rstrip("/")


def civitai_address() -> str:
    return os.environ.get(CIVITAI_VARIABLE, "https://civitai.com").rstrip("/")


def host_of(address: str) -> str:
    return (urlsplit(address).hostname or "").casefold()


def is_loopback(host: str) -> bool:
    return host.casefold() in _LOOPBACK


def connections() -> tuple[Connection, ...]:
    """The whole list: what is not here does not connect."""
    hub, civitai = host_of(hub_address()), host_of(civitai_address())
    return (
        Connection("Model hub, list of files", hub, "you install a model by its hub id", "the model's id; your token"),
        Connection(
            "Model hub, files", f"{hub} and the storage that it names", "you install a model by its hub id, or resume",
            "the file's name; your token to the hub alone",
        ),
        Connection("Civitai, description", civitai, "you install from a Civitai address", "the version's number"),
        Connection(
            "Civitai, file and preview", f"{civitai} and the storage that it names",
            "you install from a Civitai address, or resume", "the version's number; your token to Civitai alone",
        ),
        Connection("Any other address", "the host in it", "you install from that address, or resume", "nothing else"),
        Connection(
            "A server for working together", "the one that you sign in to", "you sign in, and while you are signed in",
            "your account; the projects that you share; what you publish",
        ),
    )  # fmt: skip
