"""SDXL on a GPU: MascotForge beside bare diffusers, in one run on one card.

    python -m tests.bench.sdxl_gpu                 on a machine with a CUDA GPU and some 20 GB of disk
    python -m tests.bench.sdxl_gpu --tiny          the same code on a processor with a tiny model: proves it runs

1024², 30 steps, guidance on, batch 1, random weights of the true size. Every row says seconds, steps a second, the
share of the matmul peak measured here, and memory; then cold starts, switching a LoRA, and a picture of four steps.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.bench.gpu_measure import flops_of, matmul_peak, peak_bytes, seconds_of, synchronise

PROMPT = "a happy blue fox with a red scarf, plain white background"
GUIDANCE = 5.0


@dataclass(frozen=True)
class Setting:
    """How large, how often, and on what."""

    device: str
    size: int
    steps: int
    few_steps: int
    runs: int
    matmul_side: int
    dtype: str
    compiler: dict[str, Any]
    rank: int


FULL = Setting("cuda", 1024, 30, 4, 5, 8192, "bfloat16", {"fullgraph": True}, 16)
TINY = Setting("cpu", 64, 10, 4, 1, 256, "float32", {"disable": True}, 2)


@dataclass
class Row:
    what: str
    seconds: float
    steps_a_second: float
    share_of_peak: float
    peak_gib: float
    note: str = ""


class Bench:
    """Attributes: `folder` holds the random checkpoint; `rows` fill while it runs."""

    def __init__(self, setting: Setting, folder: Path) -> None:
        import torch

        self.setting = setting
        self.folder = folder
        self.dtype = getattr(torch, setting.dtype)
        self.peak = matmul_peak(setting.device, self.dtype, side=setting.matmul_side)
        self.rows: list[Row] = []
        self.flops: dict[int, int] = {}

    def row(self, what: str, picture: Callable[[], object], *, steps: int, flops: int, note: str = "") -> Row:
        """Measure `picture` after two warm-up runs (the second pays for compiling)."""
        picture()
        picture()
        seconds = seconds_of(picture, runs=self.setting.runs)
        memory = peak_bytes(picture)
        row = Row(what, seconds, steps / seconds, flops / seconds / self.peak, memory / 2**30, note)
        self.rows.append(row)
        print(f"{what:<44} {seconds:8.3f} s {row.steps_a_second:7.2f} it/s {row.share_of_peak:6.1%} of peak "
              f"{row.peak_gib:5.1f} GiB  {note}", flush=True)  # fmt: skip
        return row

    def bare(self) -> Any:
        """The pipeline as a plain script makes it."""
        from diffusers.pipelines.stable_diffusion_xl.pipeline_stable_diffusion_xl import StableDiffusionXLPipeline

        pipe: Any = StableDiffusionXLPipeline.from_pretrained(
            str(self.folder), dtype=self.dtype, local_files_only=True, add_watermarker=False
        )
        pipe.set_progress_bar_config(disable=True)
        return pipe.to(self.setting.device)

    def call(self, pipe: Any, *, steps: int, guidance: float = GUIDANCE) -> Any:
        import torch

        size = self.setting.size
        generator = torch.Generator("cpu").manual_seed(1)
        return pipe(
            prompt=PROMPT, width=size, height=size, num_inference_steps=steps, guidance_scale=guidance,
            generator=generator, output_type="np", return_dict=False,
        )[0]  # fmt: skip


def run(setting: Setting, folder: Path) -> dict[str, Any]:
    """All rows, as data."""
    bench = Bench(setting, folder)
    print(f"matmul peak {bench.peak / 1e12:.1f} TFLOP/s ({setting.dtype}, {setting.matmul_side}²)", flush=True)
    total, few, a_step = _bare_rows(bench)
    _forget()
    extra = _ours(bench, total, few)
    return {
        "device": _device_name(setting),
        "setting": {**asdict(setting)},
        "matmul_peak_tflops": bench.peak / 1e12,
        "tflop_a_step": a_step / 1e12,
        "rows": [asdict(row) for row in bench.rows],
        **extra,
        "cold_start_seconds": {kind: _cold(kind, setting, folder) for kind in ("bare", "mascotforge")},
    }


def _bare_rows(bench: Bench) -> tuple[int, int, int]:
    """Diffusers' rows. Gives the FLOPs of a whole picture, of one with few steps and no guidance, and of a step."""
    pipe, steps = bench.bare(), bench.setting.steps
    whole = flops_of(lambda: bench.call(pipe, steps=1))
    two = flops_of(lambda: bench.call(pipe, steps=2))
    few = flops_of(lambda: bench.call(pipe, steps=bench.setting.few_steps, guidance=0.0))
    a_step, fixed = two - whole, 2 * whole - two
    total = fixed + steps * a_step
    print(f"executed: {a_step / 1e12:.3f} TFLOP a guided step, {fixed / 1e12:.3f} for text and VAE", flush=True)
    bench.row("bare diffusers", lambda: bench.call(pipe, steps=steps), steps=steps, flops=total)
    pipe.unet.compile(**bench.setting.compiler)
    bench.row("bare diffusers, UNet compiled", lambda: bench.call(pipe, steps=steps), steps=steps, flops=total)
    return total, few, a_step


def _ours(bench: Bench, total: int, few: int) -> dict[str, Any]:
    """MascotForge's rows: as it comes, at its fastest with every pass computed, with passes skipped, and few steps."""
    from engine.picture.feature_reuse import INTERVAL_LARGE, FeatureReuse
    from engine.picture.loras.wardrobe import Worn
    from engine.picture.pipeline import PipelineShelf
    from engine.picture.tuning import Tuning
    from engine.protocol.picture_options import LoraUse

    setting, steps = bench.setting, bench.setting.steps
    shelf = PipelineShelf()
    loaded = shelf.take(installed(bench.folder))
    pipe = loaded.pipe
    pipe.set_progress_bar_config(disable=True)
    loaded.tuning.for_picture(loras=False)
    loaded.tuning.compile()
    words = loaded.condition(PROMPT, "", GUIDANCE).arguments

    def ours(steps: int = steps, guidance: float = GUIDANCE) -> Any:
        return _paint(bench, loaded, words, steps, guidance)

    how = f"{loaded.policy.dtype}, blocks {'compiled' if loaded.tuning.compiled else 'as they are'}"
    bench.row("MascotForge, default", ours, steps=steps, flops=total, note=how)
    if setting.device == "cpu":
        loaded.tuning = Tuning(pipe, pipe.unet, loaded.tuning.policy)
        pipe.unet.compile(**setting.compiler)
    else:
        pipe.vae.decoder.compile(fullgraph=True)
        pipe.unet.compile(mode="max-autotune", fullgraph=True)
    how = "compiler off" if setting.device == "cpu" else "whole UNet and VAE compiled"
    exact = ours()
    bench.row("MascotForge, fastest exact", ours, steps=steps, flops=total, note=how)
    bench.row(f"MascotForge, {setting.few_steps} steps, no guidance", lambda: ours(setting.few_steps, 0.0),
              steps=setting.few_steps, flops=few, note="with VAE")  # fmt: skip
    lora = _lora_switch(bench, loaded, Worn, LoraUse, ours)
    pipe.unet._compiled_call_impl = None

    def skipping() -> Any:
        with FeatureReuse(pipe.unet, INTERVAL_LARGE):
            return ours()

    skipped = skipping()
    fewer = flops_of(skipping)
    row = bench.row("MascotForge, “faster”", skipping, steps=steps, flops=fewer)
    error = float(((exact - skipped) ** 2).mean())
    loss = 10 * math.log10(1 / error) if error > 0 else math.inf
    row.note = f"{fewer / total:.0%} of the computation; {loss:.1f} dB from the exact picture (random weights)"
    shelf.release()
    return {"lora_switch": lora, "faster_psnr_db": loss}


def _paint(bench: Bench, loaded: Any, words: dict[str, Any], steps: int, guidance: float) -> Any:
    """As `engine.picture.painting` does it, without events and files: embeddings remembered, decoded to pixels."""
    import torch

    from engine.picture.latents import decode

    size = bench.setting.size
    noise = torch.randn(
        loaded.architecture.noise_shape(loaded.pipe, size, size), generator=torch.Generator("cpu").manual_seed(1)
    )
    latents = loaded.pipe(
        **words, **loaded.architecture.guidance(loaded.pipe, guidance), width=size, height=size,
        num_inference_steps=steps, latents=loaded.architecture.to_latents(loaded.pipe, noise), output_type="latent",
        return_dict=False,
    )[0]  # fmt: skip
    return decode(loaded.pipe, latents)


def _lora_switch(bench: Bench, loaded: Any, worn: Any, use: Any, picture: Callable[[], Any]) -> dict[str, float]:
    """Seconds to exchange one LoRA for another that was worn before, and whether the next picture is slower for it."""
    from tests.bench.sdxl_random import save_lora

    def wear(name: str, path: Path) -> None:
        loaded.tuning.before_loras()
        loaded.wardrobe.wear((worn(use(name=name), path, name * 64),), lambda: None)
        synchronise()

    rank = bench.setting.rank
    paths = {name: save_lora(bench.folder, bench.folder / f"{name}.safetensors", rank=rank, seed=n)
             for n, name in enumerate("ab")}  # fmt: skip
    for name, path in paths.items():
        wear(name, path)
    picture()
    before = seconds_of(picture, runs=1)
    began = time.perf_counter()
    wear("a", paths["a"])
    switch = time.perf_counter() - began
    after = seconds_of(picture, runs=1)
    loaded.wardrobe.wear((), lambda: None)
    print(f"LoRA switch {switch:.3f} s; picture before {before:.3f} s, after {after:.3f} s", flush=True)
    return {"seconds": switch, "picture_before": before, "picture_after": after}


def installed(folder: Path, native_size: int | None = None) -> Any:
    """The random checkpoint as the catalogue would describe it, used where it lies."""
    from engine.models.diffusers_folder import inspect_folder
    from engine.models.installed import InstalledModel

    facts = inspect_folder(folder)
    return InstalledModel(
        name="random", path=folder, architecture=facts.architecture, layout="diffusers", hash="0" * 64,
        size_bytes=0, native_size=native_size or facts.native_size, alpha=facts.alpha, builtin=False, licence="",
        parameters=facts.parameters,
    )  # fmt: skip


def _cold(kind: str, setting: Setting, folder: Path) -> float:
    """Seconds from starting a process to its first picture."""
    tiny = ["--tiny"] if setting is TINY else []
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "tests.bench.sdxl_gpu", "--cold", kind, "--folder", str(folder), *tiny], check=True
    )
    seconds = time.perf_counter() - began
    print(f"cold start, {kind}: {seconds:.2f} s", flush=True)
    return seconds


def _cold_picture(kind: str, setting: Setting, folder: Path) -> None:
    if kind == "bare":
        import torch
        from diffusers import StableDiffusionXLPipeline

        pipe: Any = StableDiffusionXLPipeline.from_pretrained(str(folder), dtype=getattr(torch, setting.dtype))
        pipe.to(setting.device)
        pipe(PROMPT, width=setting.size, height=setting.size, num_inference_steps=setting.steps)
        return
    from engine.picture.generate import generate
    from engine.protocol.recipes import PictureRecipe

    recipe = PictureRecipe(prompt=PROMPT, steps=setting.steps, guidance=GUIDANCE)
    generate(recipe, installed(folder), on_step=lambda *step: None, cancelled=lambda: False)


def _forget() -> None:
    import gc

    import torch

    gc.collect()
    torch.compiler.reset()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def _device_name(setting: Setting) -> str:
    import torch

    return torch.cuda.get_device_name() if setting.device == "cuda" else "processor (tiny model: no speeds to report)"


def table(result: dict[str, Any]) -> str:
    """The rows for docs/performance.md."""
    lines = [
        f"{result['device']}; matmul peak {result['matmul_peak_tflops']:.0f} TFLOP/s; "
        f"{result['tflop_a_step']:.2f} TFLOP a guided step.", "",
        "| | seconds | it/s | of peak | GiB | |", "|---|---|---|---|---|---|",
    ]  # fmt: skip
    for row in result["rows"]:
        lines.append(
            f"| {row['what']} | {row['seconds']:.3f} | {row['steps_a_second']:.1f} | {row['share_of_peak']:.0%} | "
            f"{row['peak_gib']:.1f} | {row['note']} |"
        )
    cold, lora = result["cold_start_seconds"], result["lora_switch"]
    lines += [
        "",
        f"Cold start to the first picture: bare {cold['bare']:.1f} s, MascotForge {cold['mascotforge']:.1f} s. "
        f"LoRA switch {lora['seconds']:.3f} s; the picture after it took {lora['picture_after']:.3f} s, the one before "
        f"{lora['picture_before']:.3f} s.",
    ]
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="SDXL on a GPU: MascotForge beside bare diffusers.")
    parser.add_argument("--tiny", action="store_true", help="a tiny model on the processor: proves the code")
    parser.add_argument("--folder", type=Path, help="where the random checkpoint lies, or is to be kept")
    parser.add_argument("--json", type=Path, help="write all figures there")
    parser.add_argument("--cold", choices=("bare", "mascotforge"), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    setting = TINY if options.tiny else FULL
    if options.cold:
        _cold_picture(options.cold, setting, options.folder)
        return 0
    import torch

    if not options.tiny and not torch.cuda.is_available():
        print("This benchmark needs a CUDA GPU and this machine has none; run it with --tiny to prove its code here.")
        return 2
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.folder or Path(scratch) / "sdxl"
        if not (folder / "model_index.json").is_file():
            _make(setting, folder)
        result = run(setting, folder)
    print("\n" + table(result))
    if options.json:
        options.json.write_text(json.dumps(result, indent=2))
    return 0


def _make(setting: Setting, folder: Path) -> None:
    if setting is TINY:
        from tests.tiny_sdxl import save_folder

        save_folder(folder, alpha=False, clip_vocabulary=True)
    else:
        from tests.bench.sdxl_random import save

        save(folder, setting.device)


if __name__ == "__main__":
    raise SystemExit(main())
