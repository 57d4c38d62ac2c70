"""The most memory that this process had, as Linux counts it."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

SELF = Path("/proc/self")

FORGET_PEAK = "5"
"""What the file ``clear_refs`` takes to begin the peak anew (proc(5))."""


def forget_peak(folder: Path = SELF) -> None:
    """Have the peak begin at what is used now, where the system can."""
    with suppress(OSError):
        (folder / "clear_refs").write_text(FORGET_PEAK)


def peak_bytes(folder: Path = SELF) -> int | None:
    """The most memory since the peak was forgotten, in bytes; None where nobody counts."""
    try:
        found = re.search(r"^VmHWM:\s*(\d+) kB", (folder / "status").read_text(), re.MULTILINE)
    except OSError:
        return None
    return int(found[1]) * 1024 if found else None
