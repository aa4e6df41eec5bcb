"""Steps that do what a prompt says, and an engine process that plans every picture into them.

A prompt is a line of steps joined by "|", each a few words: "sleep 0.5", "crash 9", "print noise". The first word is
what it does; each step builds on the one before. "once FILE …" does the rest only as long as FILE doesn't exist.
"""

from __future__ import annotations

import ctypes
import os
import signal
import time
from pathlib import Path

from engine.protocol.artifacts import AssetType
from engine.protocol.errors import BadInput
from engine.protocol.recipes import AnyRecipe, PictureRecipe
from engine.protocol.wire import Workplace
from engine.runner import plan as product
from engine.runner.step import ArtifactDraft, Plan, Step, StepContext, StepKind

TICK = 0.02


def script(*steps: str, seed: int = 0) -> PictureRecipe:
    return PictureRecipe(prompt=" | ".join(steps), seed=seed)


def plan(recipe: AnyRecipe, workplace: Workplace) -> Plan:
    if not isinstance(recipe, PictureRecipe):
        return product.plan(recipe, workplace)
    steps: list[Step] = []
    for number, words in enumerate(recipe.prompt.split("|")):
        upstream = {"before": steps[-1]} if steps else {}
        steps.append(
            Step(
                f"{number} {words.split()[0]}",
                SCRIPTED,
                {"words": words.split(), "number": number, "seed": recipe.seed},
                upstream,
            )
        )
    return Plan(tuple(steps))


def perform(context: StepContext) -> None:
    words = context.inputs["words"]
    assert isinstance(words, list)
    _do([str(word) for word in words], context)
    number = context.inputs["number"]
    (context.folder / "result.txt").write_text(f"{words} {number} {context.inputs['seed']}")
    context.keep(ArtifactDraft("result.txt", AssetType.OTHER, f"result {number}", "text/plain", "result.txt"))


def _do(words: list[str], context: StepContext) -> None:
    match words:
        case ["once", marker, *rest]:
            if not Path(marker).exists():
                Path(marker).touch()
                _do(rest, context)
        case ["sleep", seconds]:
            ends = time.monotonic() + float(seconds)
            while (left := ends - time.monotonic()) > 0:
                context.check()
                context.progress(1 - left / float(seconds), lambda: b"preview")
                time.sleep(min(TICK, left))
        case ["stuck", seconds]:
            time.sleep(float(seconds))
        case ["crash", number]:
            os.kill(os.getpid(), int(number))
        case ["exit", code]:
            os._exit(int(code))
        case ["print", text]:
            print(text, flush=True)
            os.write(1, f"{text}\n".encode())
            libc = ctypes.CDLL(None)
            libc.printf(b"%s\n", text.encode())
            libc.fflush(None)
        case ["fail", sentence]:
            raise BadInput(sentence)
        case ["bug"]:
            raise ZeroDivisionError("a bug")
        case ["panic"]:
            raise Panic("a native library panicked")
        case ["memory"]:
            raise MemoryError
        case ["full"]:
            with open("/dev/full", "wb", buffering=0) as file:  # noqa: PTH123
                file.write(b"x")
        case ["write", size]:
            (context.folder / "large.bin").write_bytes(os.urandom(int(size)))
        case ["note", text]:
            context.note("note", text, word=text)
        case ["child", marker]:
            child = os.spawnlp(os.P_NOWAIT, "sleep", "sleep", "60")
            Path(marker).write_text(str(child))
            time.sleep(60)
        case _:
            signal.getsignal(signal.SIGTERM)


class Panic(BaseException):
    """As the errors of Rust extensions do, it derives from BaseException."""


SCRIPTED = StepKind("scripted", 1, perform, seconds_guess=0.1)
