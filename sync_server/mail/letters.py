"""Mails as text and HTML from a pair of templates; the text's first line is the subject."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

TEMPLATES = Path(__file__).parent / "templates"
_SUBJECT = "Subject: "

_environment = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class Letter:
    subject: str
    text: str
    html: str


def written(template: str, **values: object) -> Letter:
    """The mail of `templates/<template>.txt` and `.html`. Raises jinja2.UndefinedError when a value is missing."""
    subject, _, text = _environment.get_template(f"{template}.txt").render(**values).partition("\n")
    # What people typed may stand in the subject: never a second header line.
    one_line = " ".join(subject.removeprefix(_SUBJECT).split())
    html = _environment.get_template(f"{template}.html").render(**values, subject=one_line)
    return Letter(one_line[:300], text.strip() + "\n", html)
