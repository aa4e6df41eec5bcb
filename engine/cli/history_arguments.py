"""The grammar of `history`."""

from __future__ import annotations

import argparse
from pathlib import Path

IDS = "results, as `history search` lists them; the beginning of an id will do"


def add_history(history: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    """Give `history` its actions."""
    actions = history.add_subparsers(dest="history_command", metavar="ACTION", required=True)

    def add(name: str, text: str, *, ids: str = "") -> argparse.ArgumentParser:
        action = actions.add_parser(name, parents=[common], help=text, description=text[:1].upper() + text[1:] + ".")
        if ids:
            action.add_argument(
                "ids" if ids == "+" else "id", nargs=ids if ids == "+" else None, metavar="ID", help=IDS
            )
        return action

    _search(add("search", "find results by words, by what they were made with, or by a picture"))
    add("show", "everything that is known of a result: recipe, effective settings, labels", ids="1")
    again = add("again", "make a result once more: the same pixels on the same machine", ids="1")
    more = add("more", "others like it: new seeds, or with --vary the same seed turned a little", ids="1")
    more.add_argument("--count", default="4", help="how many (default: %(default)s)")
    more.add_argument("--vary", metavar="0…1", help="how far from the seed's own picture")
    for action in (again, more):
        action.add_argument("--out", type=Path, default=Path("output"), metavar="DIR", help="default: %(default)s")
    add("rate", "give 0 (none) to 5 stars", ids="+").add_argument(
        "--stars", required=True, metavar="0…5", help="0 takes them away"
    )
    tag = add("tag", "add and remove tags", ids="+")
    tag.add_argument("--add", action="append", default=[], metavar="TAG", help="may be given several times")
    tag.add_argument("--remove", action="append", default=[], metavar="TAG", help="may be given several times")
    add("rename", "give a result a name of its own; an empty one takes it away", ids="1").add_argument(
        "name", help="the new name"
    )
    add("note", "note a few words about a result; empty words take the note away", ids="1").add_argument(
        "text", help="the words"
    )
    add("trash", "move results to the trash", ids="+")
    add("restore", "bring results back from the trash", ids="+")


def _search(search: argparse.ArgumentParser) -> None:
    search.add_argument("words", nargs="*", help="in prompt, name, tags or note; model:NAME, rating:4 and so on, too")
    search.add_argument("--like", metavar="FILE", help="what looks like this picture (a file, or a result's id)")
    for name, text in (
        ("model", "made with this checkpoint"),
        ("lora", "made with this LoRA"),
        ("style", "in this style"),
        ("character", "of this character"),
        ("colour", "in which this colour fills much: blue, orange, black …"),
        ("tag", "with this tag"),
    ):
        search.add_argument(f"--{name}", default="", metavar="NAME", help=text)
    search.add_argument("--seed", metavar="N", help="with this seed")
    search.add_argument("--rating", metavar="0…5", help="with at least so many stars")
    search.add_argument("--since", metavar="DATE", help="2026-01-31, 2026-01, today, week, month or year")
    search.add_argument("--until", metavar="DATE", help="that day included")
    search.add_argument("--kind", metavar="NAME", help="picture, drawing, webm, gif …: one kind of result")
    search.add_argument("--favourites", action="store_true")
    search.add_argument("--trashed", action="store_true", help="what is in the trash")
    search.add_argument("--limit", default="50", help="default: %(default)s")
