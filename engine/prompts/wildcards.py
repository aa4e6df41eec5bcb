"""Wildcards: `{red|blue}`, `{2$$hat|scarf|cape}` and `__name__` become words, the same ones for the same seed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

from engine.protocol.errors import BadInput

FOLDER = "wildcards"
"""In the library: `colours.txt` there is `__colours__`, one choice a line, `#` begins a remark."""
_DEEPEST = 20
_NAME = re.compile(r"__([A-Za-z0-9][\w./-]*?)__")
_INNERMOST = re.compile(r"(?<!\\)\{((?:\\.|[^{}\\])*)\}", re.DOTALL)
_COUNT = re.compile(r"^\s*(\d+)(?:\s*-\s*(\d+))?\$\$(?:([^|$]*)\$\$)?")
_WEIGHT = re.compile(r"^\s*(\d+(?:\.\d+)?)::")


def has_wildcards(text: str) -> bool:
    """Whether there is something to choose, or choices whose brace is missing."""
    return bool(_NAME.search(text) or _INNERMOST.search(text) or _lone_brace(text) is not None)


def expand_wildcards(text: str, seed: int, folder: Path | None = None) -> str:
    """The text with every wildcard chosen by `seed`. `folder` holds the lists that `__name__` means.

    `{a|b}` takes one, `{2$$a|b|c}` two different ones joined by a comma, `{1-2$$ and $$a|b|c}` one or two joined by
    " and "; `{3::a|b}` takes a three times as often. They can be nested, and lists can name lists. `\\{` is a brace.
    Raises BadInput for choices with one brace only, and for a list that is missing, empty, unreadable, or names
    itself.
    """
    _refuse_lone_brace(text)
    draws = _Draws(seed)
    for _ in range(_DEEPEST):
        expanded = _NAME.sub(lambda match: draws.pick(_lines(match[1], folder)), text)
        expanded = _INNERMOST.sub(lambda match: _chosen(match[1], draws), expanded)
        if expanded == text:
            return re.sub(r"\\([{}|])", r"\1", text)
        text = expanded
    raise BadInput("The prompt's wildcards name each other without end; look at the lists in the wildcards folder.")


@dataclass
class _Draws:
    """Choices that depend on the seed and their order alone, the same on every machine and version."""

    seed: int
    made: int = field(default=0)

    def share(self) -> float:
        self.made += 1
        digest = blake2b(f"{self.seed}:{self.made}".encode(), digest_size=7).digest()
        return int.from_bytes(digest, "big") / 2**56

    def pick(self, choices: Sequence[str], weights: Sequence[float] | None = None) -> str:
        at = self.share() * sum(weights or [1.0] * len(choices))
        for choice, weight in zip(choices, weights or [1.0] * len(choices), strict=True):
            at -= weight
            if at < 0:
                return choice
        return choices[-1]


def _chosen(inside: str, draws: _Draws) -> str:
    """One brace's choice; a count may stand before any of its options and counts for all."""
    least, most, joiner = 1, 1, ", "
    options: list[str] = []
    for option in re.split(r"(?<!\\)\|", inside):
        if match := _COUNT.match(option):
            least, most = int(match[1]), int(match[2] or match[1])
            joiner = match[3] if match[3] is not None else joiner
            option = option[match.end() :]
        options.append(option)
    least, most = sorted((min(least, len(options)), min(most, len(options))))
    wanted = least + int(draws.share() * (most - least + 1)) if most > least else least
    taken: list[str] = []
    for _ in range(wanted):
        picked = draws.pick(options, [_weight(option) for option in options])
        options.remove(picked)
        taken.append(_WEIGHT.sub("", picked))
    return joiner.join(taken)


def _lone_brace(text: str) -> int | None:
    """Where a brace stands that has choices beside it and whose other one is missing."""
    opened: list[int] = []
    for found in re.finditer(r"(?<!\\)[{}]", text):
        if found[0] == "{":
            opened.append(found.start())
        elif opened:
            opened.pop()
        elif "|" in text[: found.start()]:
            return found.start()
    return next((at for at in opened if "|" in text[at:]), None)


def _refuse_lone_brace(text: str) -> None:
    at = _lone_brace(text)
    if at is None:
        return
    opens = text[at] == "{"
    near = (text[at : at + 20] if opens else text[max(0, at - 19) : at + 1]).strip()
    missing = "closed" if opens else "opened"
    raise BadInput(
        f"The choice at “{near}” is not {missing}; write it as {{red|blue}}, or \\{text[at]} for a plain brace."
    )


def _weight(option: str) -> float:
    match = _WEIGHT.match(option)
    return float(match[1]) if match else 1.0


def _lines(name: str, folder: Path | None) -> list[str]:
    path = folder / f"{name}.txt" if folder else None
    if path is None or folder is None or ".." in Path(name).parts:
        raise BadInput(f"There is no list for __{name}__ here; write the choices as {{red|blue}}.")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        there = ", ".join(f"__{other.relative_to(folder).with_suffix('').as_posix()}__" for other in _lists(folder))
        hint = f"There are {there}." if there else "That folder holds no lists yet."
        raise BadInput(f"There is no list for __{name}__; write one choice a line into {path}. {hint}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"The list {path} can't be read; save it as plain UTF-8 text.", details=str(error)) from error
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if not lines:
        raise BadInput(f"The list {path} is empty; write one choice a line.")
    return lines


def _lists(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.txt"))[:20]
