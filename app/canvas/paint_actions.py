"""What the canvas can be told by keys and menus."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence

from app.canvas.paint_tab import PaintTab
from app.painting import layer_deeds
from app.painting.tools.kinds import TOOLS
from app.theme.icons import icon as themed_icon

TURN_DEGREES = 15.0
Deed = Callable[[], object]


def paint_actions(tab: PaintTab) -> list[QAction]:
    """The actions, named `paint.…`; their keys work while the focus is in the tab."""
    easel = tab.easel
    actions = [
        _action(tab, f"paint.{tool.value}", words.name, lambda tool=tool: easel.take(tool), words.key, words.icon)
        for tool, words in TOOLS.items()
    ]
    for name, text, call, keys, icon in _deeds(tab):
        actions.append(_action(tab, f"paint.{name}", text, call, keys, icon))
    return actions


def _deeds(tab: PaintTab) -> list[tuple[str, str, Deed, str, str]]:
    easel, view, variants = tab.easel, tab.view, tab.bench.variants
    return [
        ("smaller", "Smaller brush", lambda: easel.resize_brush(False), "[", ""),
        ("larger", "Larger brush", lambda: easel.resize_brush(True), "]", ""),
        ("swap", "Swap the colours", easel.swap, "X", "arrow-left-right"),
        ("generate", "Generate on the canvas", tab.generate, "Shift+Return", "sparkles"),
        ("next", "Next result", lambda: variants.flip(1), ".", "chevron-right"),
        ("previous", "Result before", lambda: variants.flip(-1), ",", "chevron-left"),
        ("invert_mask", "Invert the mask", lambda: tab.change_mask("invert"), "Ctrl+Shift+M", "contrast"),
        ("clear_mask", "Clear the mask", lambda: tab.change_mask("clear"), "", ""),
        ("add_layer", "New layer", lambda: layer_deeds.add_layer(easel.document), "Ctrl+Alt+N", "layers-plus"),
        ("merge", "Merge with the layer below", lambda: layer_deeds.merge_down(easel.document), "Ctrl+Alt+M", ""),
        ("turn_right", "Turn the view right", lambda: view.turn_by(TURN_DEGREES), "Shift+Right", "rotate-cw"),
        ("turn_left", "Turn the view left", lambda: view.turn_by(-TURN_DEGREES), "Shift+Left", "rotate-ccw"),
        ("paste", "Paste as a layer", tab.paste, "", "image-plus"),
        ("save", "Save to the gallery", tab.save, "Ctrl+Shift+S", "image-down"),
        ("export", "Export as PNG…", tab.export, "", "download"),
        ("close", "Close the canvas", tab.bench.close, "", "x"),
    ]


def _action(tab: PaintTab, name: str, text: str, call: Deed, keys: str, icon: str) -> QAction:
    action = QAction(text, tab)
    action.setObjectName(name)
    if keys:
        action.setShortcut(QKeySequence(keys))
    if icon:
        action.setIcon(themed_icon(icon))
    action.setIconVisibleInMenu(False)
    action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
    action.triggered.connect(lambda _checked=False: call() if tab.is_open else None)
    tab.addAction(action)
    return action
