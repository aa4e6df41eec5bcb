"""The grammar of `character …` and `lora train`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from engine.protocol.recipes import STARTER_MODEL


def add_character(parser: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """The commands under `character`."""
    commands = parser.add_subparsers(dest="character_command", metavar="list|new|train|sheet|remove", required=True)
    commands.add_parser("list", parents=[common], help="the project's characters")
    new = commands.add_parser("new", parents=[common], help="from one to thirty pictures")
    new.add_argument("name")
    new.add_argument("pictures", nargs="+", type=Path, metavar="PICTURE")
    new.add_argument("--description", default="", help="what it is, for example: a purple fox with glasses")
    train = commands.add_parser("train", parents=[common], help="teach it to a model, on this machine")
    train.add_argument("name")
    train.add_argument("--model", default=STARTER_MODEL, help="an installed model (default: %(default)s)")
    train.add_argument("--steps", help="default: as the number of pictures asks")
    _out(train)
    sheet = commands.add_parser("sheet", parents=[common], help="new poses and moods of it, and all on one sheet")
    sheet.add_argument("name")
    sheet.add_argument("--seed", default="0", help="default: 0")
    _out(sheet)
    commands.add_parser("remove", parents=[common], help="its pictures and its LoRA stay").add_argument("name")


def add_lora_train(commands: Any, common: argparse.ArgumentParser) -> None:
    """`train` among the commands of `lora` (what `add_subparsers` gave)."""
    train = commands.add_parser("train", parents=[common], help="learn a figure, or with --style a look, from pictures")
    train.add_argument("pictures", nargs="+", type=Path, metavar="PICTURE")
    train.add_argument("--name", required=True)
    train.add_argument("--style", action="store_true", help="learn the look instead of the figure")
    train.add_argument("--description", default="", help="what the pictures show")
    train.add_argument("--trigger", default="", help="the word that calls it (default: its name as one word)")
    train.add_argument("--model", default=STARTER_MODEL, help="an installed model (default: %(default)s)")
    train.add_argument("--steps", help="default: as the number of pictures asks")
    train.add_argument("--rank", help="how much it can hold (default: as model and machine ask)")
    train.add_argument("--seed", default="0", help="default: 0")
    _out(train)


def _out(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, default=Path("output"), metavar="DIR", help="default: %(default)s")
