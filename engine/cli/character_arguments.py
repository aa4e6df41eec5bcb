"""The grammar of `character …` and `lora train`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from engine.protocol.recipes import STARTER_MODEL

_NAME = "a character of the project"
_PICTURES = "one to thirty, the figure alone and from several sides where there are some"


def add_character(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """The commands under `character`."""
    commands = parser.add_subparsers(dest="character_command", metavar="list|new|train|sheet|remove", required=True)
    commands.add_parser("list", parents=[common], help="the project's characters")
    new = commands.add_parser("new", parents=[common], help="from one to thirty pictures")
    new.add_argument("name", help="what to call it; the same word calls it in a prompt")
    new.add_argument("pictures", nargs="+", type=Path, metavar="PICTURE", help=_PICTURES)
    new.add_argument("--description", default="", help="what it is, for example: a purple fox with glasses")
    train = commands.add_parser("train", parents=[common], help="teach it to a model, on this machine")
    train.add_argument("name", help=_NAME)
    train.add_argument("--model", default=STARTER_MODEL, help="an installed model (default: %(default)s)")
    train.add_argument("--steps", help="how long to learn (default: as the number of pictures asks)")
    _out(train)
    sheet = commands.add_parser("sheet", parents=[common], help="new poses and moods of it, and all on one sheet")
    sheet.add_argument("name", help=_NAME)
    sheet.add_argument("--seed", default="0", help="of its pictures (default: 0)")
    _out(sheet)
    commands.add_parser("remove", parents=[common], help="its pictures and its LoRA stay").add_argument(
        "name", help=_NAME
    )


def add_lora_train(commands: Any, common: argparse.ArgumentParser) -> None:
    """`train` among the commands of `lora` (what `add_subparsers` gave)."""
    what = "learn a figure, or with --style a look, from pictures"
    train = commands.add_parser("train", parents=[common], help=what, description=f"{what.capitalize()}.")
    train.add_argument("pictures", nargs="+", type=Path, metavar="PICTURE", help="one to thirty pictures")
    train.add_argument("--name", required=True, help="what to call the LoRA")
    train.add_argument("--style", action="store_true", help="learn the look instead of the figure")
    train.add_argument("--description", default="", help="what the pictures show")
    train.add_argument("--trigger", default="", help="the word that calls it (default: its name as one word)")
    train.add_argument("--model", default=STARTER_MODEL, help="an installed model (default: %(default)s)")
    train.add_argument("--steps", help="how long to learn (default: as the number of pictures asks)")
    train.add_argument("--rank", help="how much it can hold (default: as model and machine ask)")
    train.add_argument("--seed", default="0", help="the same seed learns the same (default: 0)")
    _out(train)


def _out(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, default=Path("output"), metavar="DIR", help="default: %(default)s")
