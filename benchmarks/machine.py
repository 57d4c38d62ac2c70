"""What the figures were measured on."""

from __future__ import annotations

import platform
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import psutil

PACKAGES = ("torch", "diffusers", "transformers", "safetensors", "numpy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A machine and the programs on it."""

    processor: str
    cores: str
    memory: str
    system: str
    versions: str

    def lines(self) -> list[str]:
        """One fact a line."""
        return [f"{name}: {fact}" for name, fact in asdict(self).items()]


def describe_machine() -> Machine:
    """This machine."""
    import torch

    names = ("velatura", *PACKAGES)
    return Machine(
        processor=_processor(),
        cores=f"{psutil.cpu_count()}; PyTorch computes with {torch.get_num_threads()} threads, "
        f"{torch.backends.cpu.get_cpu_capability()}",
        memory=f"{psutil.virtual_memory().total / 1e9:.0f} GB",
        system=f"{platform.system()} {platform.release().split('-')[0]}, {platform.machine()}",
        versions=", ".join(
            [f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in names)]
        ),
    )


def _processor() -> str:
    """The processor's name, as far as the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or "unknown"
    named = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or "unknown")
