"""The GPU benchmark's own code, proven on a processor; and its refusal where there is no GPU."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bench import sdxl_gpu


@pytest.mark.slow
def test_tiny_run_fills_every_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert sdxl_gpu.main(["--tiny", "--json", str(tmp_path / "figures.json")]) == 0
    result = json.loads((tmp_path / "figures.json").read_text())
    assert len(result["rows"]) == 6
    assert all(row["seconds"] > 0 and row["share_of_peak"] > 0 for row in result["rows"])
    exact, _, skipping = result["rows"][3:]
    assert "of the computation" in skipping["note"] and exact["what"].endswith("exact")
    assert set(result["cold_start_seconds"]) == {"bare", "mascotforge"}
    assert result["lora_switch"]["seconds"] > 0
    assert "| MascotForge, default |" in capsys.readouterr().out


def test_without_a_gpu_it_says_so_and_measures_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert sdxl_gpu.main([]) == 2
    assert "needs a CUDA GPU and this machine has none" in capsys.readouterr().out
