"""Sizes and counts of models in words."""

from __future__ import annotations


def size_words(size_bytes: int) -> str:
    """A file's size for people."""
    if size_bytes >= 1e9:
        return f"{size_bytes / 1e9:.1f} GB"
    return f"{size_bytes / 1e6:.0f} MB" if size_bytes >= 1e6 else f"{max(1, round(size_bytes / 1e3))} KB"


def count_words(count: int, noun: str) -> str:
    """ "1 picture", "3 pictures"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
