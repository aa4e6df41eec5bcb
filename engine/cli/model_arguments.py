"""The grammar of `models …` and `lora …`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from engine.cli.character_arguments import add_lora_train
from engine.models.kinds import ADD_ONS, ModelKind

_SOURCE = "a file, a folder, a hub id (owner/name or owner/name:FILE), or an https:// address (Civitai's too)"
_NAME = "as `models list` shows it"
_KINDS = ", ".join(ModelKind)


def add_models(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """The commands under `models`."""
    actions = parser.add_subparsers(dest="models_command", metavar="ACTION", required=True)

    def add(name: str, text: str) -> argparse.ArgumentParser:
        return actions.add_parser(name, parents=[common], help=text, description=text[:1].upper() + text[1:] + ".")

    listing = add("list", "what is installed, with family, size, licence and how often it was used")
    listing.add_argument("--kind", choices=[kind.value for kind in ModelKind], help=f"only one kind: {_KINDS}")
    listing.add_argument("--search", default="", help="words in name, trigger words, base model or description")
    listing.add_argument("--trashed", action="store_true", help="what is in the trash")
    _install(add("install", "install a model of any kind; it is known by its tensors"))
    add("info", "all that is known about a model").add_argument("name", help=_NAME)
    _named(add("remove", "put a model into the trash"))
    _named(add("restore", "bring a model back from the trash"))
    add("empty-trash", "delete what is in the trash for good")
    scan = add("scan", "use the models of another tool's folder in place; without a folder, look through all again")
    scan.add_argument("folder", type=Path, nargs="?", help="such as ComfyUI/models; nothing in it is changed")
    scan.add_argument("--forget", action="store_true", help="use that folder no longer; its files stay")
    move = add("move", "move the models to another folder or disk")
    move.add_argument("folder", type=Path, nargs="?", help="without it, an interrupted move goes on")
    add("duplicates", "models with equal content")
    downloads = add("downloads", "the queue of downloads")
    whats = ["list", "resume", "pause", "cancel", "clear"]
    downloads.add_argument("action", nargs="?", default="list", choices=whats, help="default: %(default)s")
    downloads.add_argument("id", nargs="?", help="which one (resume without it: all)")
    add("connections", "everything that could connect, where and when")
    add("offline", "while it is on, nothing connects").add_argument(
        "switch", nargs="?", choices=["on", "off"], help="without it: how it stands"
    )
    token = add("token", "keep an access token for gated models in the system's keyring")
    token.add_argument("host", nargs="?", default="huggingface.co", help="default: %(default)s")
    token.add_argument("--forget", action="store_true", help="remove the token that is kept")


def add_lora(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """The commands under `lora`."""
    actions: Any = parser.add_subparsers(
        dest="lora_command", metavar="list|install|remove|restore|info|train", required=True
    )
    listing = actions.add_parser("list", parents=[common], help="installed LoRAs")
    listing.add_argument("--model", help="only those that fit this checkpoint")
    listing.add_argument("--search", default="", help="words in name, trigger words, base model or description")
    _install(actions.add_parser("install", parents=[common], help="from a file, a hub id or an address"))
    actions.add_parser("remove", parents=[common], help="to the trash").add_argument("name", help=_NAME)
    actions.add_parser("restore", parents=[common], help="from the trash").add_argument("name", help=_NAME)
    actions.add_parser("info", parents=[common], help="trigger words, ranks, training notes").add_argument(
        "name", help=_NAME
    )
    add_lora_train(actions, common)


def _install(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", metavar="SOURCE", help=_SOURCE)
    parser.add_argument("--name", help="what to call it here")
    parser.add_argument("--sha256", default="", help="what the downloaded file must be")


def _named(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", help=_NAME)
    parser.add_argument("--kind", choices=["checkpoint", *(kind.value for kind in ADD_ONS)], help="when names clash")
