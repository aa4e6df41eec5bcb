"""The options that steer a picture beyond its prompt."""

from __future__ import annotations

import argparse
from pathlib import Path

from engine.protocol.picture_options import ControlKind, Scheduler, StartPicture


def add_looks(parser: argparse.ArgumentParser) -> None:
    """For every command that paints from words."""
    parser.add_argument("--style", metavar="NAME", help="a style preset: words, LoRAs and settings in one")
    parser.add_argument(
        "--lora", action="append", default=[], dest="loras", metavar="NAME[:WEIGHT]",
        help="an installed LoRA, weight -2 … 2 (default: 1); may be given several times; "
        "NAME:WEIGHT:up=0.5,down.1=0 weighs its blocks",
    )  # fmt: skip
    parser.add_argument(
        "--scheduler", default=Scheduler.AUTO.value, metavar="NAME",
        help=f"{', '.join(Scheduler)} (default: what the model asks for)",
    )  # fmt: skip
    parser.add_argument(
        "--variation", metavar="SEED:STRENGTH", help="turn the seed's noise towards another seed's, strength 0 … 1"
    )
    parser.add_argument("--faster", action="store_true", help="skip computation where it is seen least: other pixels")


def add_pictures(parser: argparse.ArgumentParser) -> None:
    """For `generate`: files that the picture starts from or follows, and grids."""
    start = StartPicture.model_fields
    parser.add_argument("--init", type=Path, metavar="FILE", help="start from this picture (image to image)")
    parser.add_argument("--strength", help=f"0 keeps the start, 1 forgets it (default: {start['strength'].default})")
    parser.add_argument("--mask", type=Path, metavar="FILE", help="with --init: white is made anew, black is kept")
    parser.add_argument("--feather", help="pixels over which old and new blend (default: 16)")
    parser.add_argument(
        "--extend", metavar="LEFT,TOP,RIGHT,BOTTOM", help="with --init: pixels to continue the picture by (outpaint)"
    )
    kinds = ", ".join(ControlKind)
    parser.add_argument(
        "--control", action="append", default=[], dest="controls", metavar="KIND=FILE[:WEIGHT]",
        help=f"follow a picture's {kinds} (needs a ControlNet); may be given several times",
    )  # fmt: skip
    parser.add_argument(
        "--control-map", action="append", default=[], dest="control_maps", metavar="KIND=FILE[:WEIGHT]",
        help="the same with a file that is such a map already",
    )  # fmt: skip
    parser.add_argument(
        "--reference", action="append", default=[], dest="references", metavar="FILE[:WEIGHT]",
        help="look like this picture (needs an IP-Adapter); may be given several times",
    )  # fmt: skip
    parser.add_argument(
        "--grid", nargs="+", metavar="PARAMETER=A,B,…",
        help='one picture for each value, or each pair: --grid steps=10,20 guidance=2,4; adds a contact sheet',
    )  # fmt: skip
