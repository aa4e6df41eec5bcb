"""What this machine has free for a model: memory that may really be used, accelerators, fast number formats."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

DeviceKind = Literal["cuda", "mps", "cpu"]
_CGROUP = Path("/sys/fs/cgroup")


@dataclass(frozen=True)
class Accelerator:
    """A GPU; `free_bytes` is what can be taken now. On MPS it is a share of main memory."""

    kind: DeviceKind
    index: int
    name: str
    free_bytes: int
    bf16: bool = True

    @property
    def device(self) -> str:
        return f"{self.kind}:{self.index}" if self.kind == "cuda" else self.kind


@dataclass(frozen=True)
class Machine:
    """`amx`: the processor multiplies bf16 matrices in hardware."""

    free_bytes: int
    accelerators: tuple[Accelerator, ...] = ()
    amx: bool = False


def survey() -> Machine:
    """Look at this machine now. Imports torch."""
    import torch

    accelerators: list[Accelerator] = []
    if torch.cuda.is_available():
        for index in range(torch.cuda.device_count()):
            free, _ = torch.cuda.mem_get_info(index)
            properties = torch.cuda.get_device_properties(index)
            accelerators.append(Accelerator("cuda", index, properties.name, free, bf16=properties.major >= 8))
    free = free_memory()
    if torch.backends.mps.is_available():
        # Apple's GPU shares main memory; macOS gives it about two thirds.
        accelerators.append(Accelerator("mps", 0, "Apple GPU", free * 2 // 3))
    return Machine(free, tuple(accelerators), amx=_has_amx())


def free_memory() -> int:
    """Bytes of main memory that can be used now: the system's, or what a container's limit leaves."""
    import psutil

    free = int(psutil.virtual_memory().available)
    try:
        limit = (_CGROUP / "memory.max").read_text().strip()
        used = int((_CGROUP / "memory.current").read_text())
        facts = dict(line.split() for line in (_CGROUP / "memory.stat").read_text().splitlines())
        if limit != "max":
            free = min(free, max(0, int(limit) - used + int(facts.get("inactive_file", 0))))
    except (OSError, ValueError):
        pass  # no control group, or another layout of it: the system's number stands
    return free


def _has_amx() -> bool:
    try:
        flags = Path("/proc/cpuinfo").read_text()
    except OSError:
        return False
    return " amx_bf16" in flags
