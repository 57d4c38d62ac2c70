"""The memory of this process, as Linux gives and counts it."""

from __future__ import annotations

import ctypes
import os
import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import MutableMapping

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


def use_large_pages(
    environment: MutableMapping[str, str] = os.environ,  # noqa: TID251 - PyTorch takes it from there
) -> None:
    """Have PyTorch ask Linux for pages of 2 MB where a tensor is as large, unless told otherwise.

    A page must be prepared when it is first touched, and features of a layer are touched once:
    with pages of 4 kB that takes as long as a fifth of the layer's arithmetic. PyTorch looks once,
    at its first tensor of such a size, and takes it from the environment only.
    """
    environment.setdefault("THP_MEM_ALLOC_ENABLE", "1")


def trim_heap() -> None:
    """Give back to Linux what the C library keeps of memory that was let go.

    It keeps the holes between blocks in use. Sampling leaves many, and the decoder's features, far
    larger than any of them, would come on top.
    """
    if sys.platform == "linux" and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)):
        trim(0)  # glibc has it, musl has not
