"""The memory that is still free where a network computes.

A network that takes more than there is ends the process on most systems, without a word. So what
it will take is reckoned before it is called, and it is called for less at a time where that is
too much.
"""

from __future__ import annotations

import re
from pathlib import Path

import torch

SHARE = 0.8
"""Of the free memory that one call may take; others live here too."""

SMALL = 128 * 2**20
"""Bytes that are always there: not worth looking."""

ROOT = Path("/")


def parts_that_fit(parts: int, part_bytes: float, device: torch.device) -> int:
    """How many of some equal parts may be computed at once: 0 to all of them.

    Args:
        parts: All there are.
        part_bytes: What each takes while it is computed.
        device: Where.
    """
    if parts * part_bytes <= SMALL:
        return parts
    free = free_bytes(device)
    return parts if free is None else min(parts, int(SHARE * free / part_bytes))


def free_bytes(device: torch.device, root: Path = ROOT) -> int | None:
    """The memory a process can still get, swap included; None where nobody tells.

    Args:
        device: A processor or a CUDA card.
        root: Where the system's files lie.
    """
    if device.type == "cuda":
        kept = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
        return torch.cuda.mem_get_info(device)[0] + kept
    if device.type != "cpu":
        return None
    known = [free for free in (_free_of_machine(root), _free_of_group(root)) if free is not None]
    return min(known, default=None)


def _free_of_machine(root: Path) -> int | None:
    kilobytes = _numbers(root / "proc/meminfo", r"(MemAvailable|SwapFree):\s*(\d+) kB")
    return 1024 * sum(kilobytes.values()) if "MemAvailable" in kilobytes else None


def _free_of_group(root: Path) -> int | None:
    """What is left of a container's memory (cgroup v2), pages of files that may go included."""
    whole = root / "sys/fs/cgroup"
    most = _numbers(whole / "memory.max", r"()(\d+)").get("")
    used = _numbers(whole / "memory.current", r"()(\d+)").get("")
    if most is None or used is None:
        return None
    files = _numbers(whole / "memory.stat", r"(inactive_file) (\d+)").get("inactive_file", 0)
    return max(0, most - used + files)


def _numbers(file: Path, line: str) -> dict[str, int]:
    """Name -> number of all lines that look like that; none where there is no such file."""
    try:
        text = file.read_text()
    except OSError:
        return {}
    return {name: int(number) for name, number in re.findall(rf"^{line}", text, re.MULTILINE)}
