"""`--help` explains every argument of every command."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import pytest

from engine.cli.arguments import build_parser

SAYS_ITSELF = {"favourites", "json", "help"}


def commands(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield parser
    for action in parser._actions:
        if isinstance(action.choices, dict):
            for child in dict.fromkeys(action.choices.values()):
                yield from commands(child)


ALL = {parser.prog: parser for parser in commands(build_parser())}


@pytest.mark.parametrize("name", ALL)
def test_every_argument_is_explained(name: str) -> None:
    unexplained = [
        action.dest
        for action in ALL[name]._actions
        if not isinstance(action.choices, dict) and not action.help and action.dest not in SAYS_ITSELF
    ]
    assert unexplained == []
    assert "%(" not in ALL[name].format_help()


@pytest.mark.parametrize("name", ALL)
def test_a_group_names_all_of_its_commands(name: str) -> None:
    for action in ALL[name]._actions:
        if isinstance(action.choices, dict) and "|" in str(action.metavar):
            assert str(action.metavar).split("|") == list(action.choices)
