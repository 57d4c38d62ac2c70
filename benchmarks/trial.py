"""One measurement in a fresh process, so that none inherits another's memory or warm caches."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

from benchmarks.memory import read_memory

ROOT = Path(__file__).resolve().parents[1]

POLL_S = 0.05
"""How often a running process is asked for its memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a process measured, and what was seen of it from outside.

    Attributes:
        figures: Seconds and bytes by name, as the program printed them.
        began: When the process was started, in seconds of the wall clock.
        seconds: From its start to its end.
        peak_anonymous: Most anonymous memory it was seen with, in bytes; 0 where unknown.
    """

    figures: dict[str, float]
    began: float
    seconds: float
    peak_anonymous: int


def run_trial(program: str, *arguments: str) -> Trial:
    """Run ``benchmarks.trials.<program>`` and read the JSON on its last line.

    Raises:
        RuntimeError: with what it printed, if it fails.
    """
    command = [sys.executable, "-m", f"benchmarks.trials.{program}", *arguments]
    with TemporaryFile() as output, TemporaryFile() as notes:
        began = time.time()
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=notes)
        peak = 0
        while process.poll() is None:
            peak = max(peak, read_memory(process.pid).get("anonymous", 0))
            time.sleep(POLL_S)
        seconds = time.time() - began
        output.seek(0)
        notes.seek(0)
        if process.returncode != 0:
            raise RuntimeError(f"{program} failed:\n{notes.read().decode()}")
        figures = json.loads(output.read().splitlines()[-1])
    return Trial(figures=figures, began=began, seconds=seconds, peak_anonymous=peak)
