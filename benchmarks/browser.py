"""A studio and a browser to measure its pages with."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Generator

FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)

IDLE = 0.05
"""The share of a core below which a program has nothing to do."""

PATIENCE_S = 120


@contextmanager
def studio(folder: Path) -> Generator[str]:
    """A studio over a data folder, its worker ready and idle; gives its address."""
    command = [Path(sys.executable).with_name("velatura"), "studio", "--port", "0"]
    process = subprocess.Popen(
        [*command, "--data-dir", folder, "--no-browser"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        address = process.stdout.readline().split()[-1].rstrip("/")
        _wait_for_rest(psutil.Process(process.pid))
        yield address
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def _wait_for_rest(program: psutil.Process) -> None:
    """A worker that still makes its engine takes a core away from what is to be measured."""
    before = _seconds_of(program)
    for _ in range(PATIENCE_S):
        time.sleep(1)
        now = _seconds_of(program)
        if now - before < IDLE:
            return
        before = now
    raise TimeoutError(f"the studio was still at work after {PATIENCE_S} s")


def _seconds_of(program: psutil.Process) -> float:
    """Processor time of a program and all that it started."""
    times = [each.cpu_times() for each in (program, *program.children(recursive=True))]
    return sum(each.user + each.system for each in times)
