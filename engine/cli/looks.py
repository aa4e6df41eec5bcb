"""LoRAs, scheduler and variation as they are written on the command line."""

from __future__ import annotations

import argparse

from engine.protocol.errors import BadInput


def look_fields(options: argparse.Namespace) -> dict[str, object]:
    """The recipe's fields for `add_looks`' options but the style. Raises BadInput."""
    return {
        "loras": [_lora(text) for text in options.loras],
        "scheduler": options.scheduler,
        "variation": _variation(options.variation),
        "faster": options.faster,
    }


def _lora(text: str) -> dict[str, object]:
    """NAME, NAME:WEIGHT or NAME:WEIGHT:BLOCK=WEIGHT,…"""
    name, _, rest = text.partition(":")
    weight, _, blocks = rest.partition(":")
    fields: dict[str, object] = {"name": name.strip()}
    if weight.strip():
        fields["weight"] = _number(weight, f"The weight in --lora {text}")
    if blocks:
        pairs = [pair.partition("=") for pair in blocks.split(",")]
        fields["blocks"] = {
            name.strip(): _number(value, f"The block weight in --lora {text}") for name, _, value in pairs
        }
    return fields


def _variation(text: str | None) -> dict[str, object] | None:
    if not text:
        return None
    seed, _, strength = text.partition(":")
    return {"seed": seed, **({"strength": strength} if strength else {})}


def _number(text: str, what: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise BadInput(f"{what} must be a number; “{text}” is not.") from None
