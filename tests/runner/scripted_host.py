"""The engine process of these tests: the product's own, with scripted steps in place of the checkpoint's."""

from __future__ import annotations

from engine.runner.host import main
from tests.runner.scripted import plan

if __name__ == "__main__":
    main(planner=plan, warm_up=False)
