"""The design's numbers and colours: every widget takes them from here, none invents its own."""

from __future__ import annotations

from dataclasses import dataclass

SPACE_1 = 4
SPACE_2 = 8
SPACE_3 = 12
SPACE_4 = 16
SPACE_6 = 24
SPACE_8 = 32

RADIUS_S = 4
RADIUS_M = 6
RADIUS_L = 10

TEXT_XS = 11
TEXT_S = 12
TEXT_M = 13
TEXT_L = 15
TEXT_XL = 20

CONTROL_HEIGHT = 30
ICON_S = 14
ICON_M = 16
ICON_L = 20

FONT_FAMILIES = ("Inter", "Segoe UI", "SF Pro Text", "Noto Sans", "DejaVu Sans")
MONO_FAMILIES = ("SF Mono", "Consolas", "DejaVu Sans Mono", "Noto Sans Mono", "Liberation Mono")
"""Where the system names no fixed-width font of its own."""


@dataclass(frozen=True)
class Colours:
    """A colour ramp; each is #rrggbb. Text colours keep 4.5:1 against `panel`, `text_faint` included."""

    canvas: str
    window: str
    panel: str
    raised: str
    hover: str
    pressed: str
    border: str
    border_strong: str
    text: str
    text_muted: str
    text_faint: str
    text_disabled: str
    accent: str
    accent_hover: str
    accent_pressed: str
    accent_soft: str
    on_accent: str
    focus: str
    danger: str
    danger_soft: str
    danger_line: str
    warning: str
    warning_soft: str
    warning_line: str
    success: str
    success_soft: str
    success_line: str
    info: str
    info_soft: str
    info_line: str
    checker_a: str
    checker_b: str


DARK = Colours(
    canvas="#0f1013",
    window="#131418",
    panel="#191a1f",
    raised="#212329",
    hover="#2a2c34",
    pressed="#30333c",
    border="#26282f",
    border_strong="#383b45",
    text="#ececf0",
    text_muted="#a9acb8",
    text_faint="#868a98",
    text_disabled="#5a5d69",
    accent="#ff8a4c",
    accent_hover="#ff9a64",
    accent_pressed="#f07a3b",
    accent_soft="#3a2618",
    on_accent="#1d0e05",
    focus="#ffb48a",
    danger="#f2617c",
    danger_soft="#381b23",
    danger_line="#6b2f3d",
    warning="#efc04f",
    warning_soft="#332a14",
    warning_line="#5e4d22",
    success="#5ec98f",
    success_soft="#15301f",
    success_line="#285c3d",
    info="#7eaef5",
    info_soft="#1a2638",
    info_line="#2f4566",
    checker_a="#1c1d22",
    checker_b="#24262c",
)
