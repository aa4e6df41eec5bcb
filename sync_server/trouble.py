"""What stops a command of the server: one sentence for its administrator."""

from __future__ import annotations


class CommandFailed(Exception):
    """The sentence says what, where, and what to do now."""
