"""Animation: frames a second of the live puppet, and seconds an export takes beside the encoder alone."""

from __future__ import annotations

import time

from tests.bench.report import line

SIZE = 512
FRAMES = 120


def bench() -> None:
    from engine.builder.draw import draw
    from engine.builder.raster import render
    from engine.protocol.mascot import Mascot
    from engine.protocol.recipes import Action
    from engine.puppet.performer import Performer
    from engine.puppet.puppet import puppet_from_picture

    drawing = draw(Mascot())
    performer = Performer(puppet_from_picture(render(drawing, 1024), drawing.joints), Action.WAVE)
    performer.frame(0.0)
    began = time.perf_counter()
    for index in range(FRAMES):
        performer.frame(index / 60)
    deform = FRAMES / (time.perf_counter() - began)
    performer.render(0.0, SIZE)
    began = time.perf_counter()
    for index in range(FRAMES):
        performer.render(index / 60, SIZE)
    drawn = FRAMES / (time.perf_counter() - began)
    line("Puppet, deformation alone", f"{deform:.0f} frames a second", goal=">= 60", met=deform >= 60)
    line(f"Puppet, drawn in software at {SIZE} px", f"{drawn:.0f} frames a second", goal=">= 60", met=drawn >= 60)
