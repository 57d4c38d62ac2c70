"""How soon the command line answers."""

from __future__ import annotations

import subprocess
import sys
from time import perf_counter
from typing import TYPE_CHECKING

from benchmarks.rows import Row, ratios

if TYPE_CHECKING:
    from benchmarks.options import Options

CALL = "import sys; sys.argv = ['velatura', '--help']; from velatura.cli.main import main; main()"
"""What the installed ``velatura`` command does."""

LISTING = (
    "import atexit, sys; "
    "atexit.register(lambda: sys.stderr.write(str('torch' in sys.modules))); " + CALL
)
"""The same, telling at its end whether it loaded torch."""


def startup(options: Options) -> list[Row]:
    """Wall time of ``velatura --help``, of an empty Python program, and what the former loads."""
    help_s: list[float] = []
    empty_s: list[float] = []
    for _ in range(4 * options.repeats):
        help_s.append(_seconds(CALL))
        empty_s.append(_seconds("pass"))
    ended = subprocess.run([sys.executable, "-c", LISTING], capture_output=True, check=True)
    loads_torch = ended.stderr.decode().strip().endswith("True")
    return [
        Row(what="`velatura --help`", values=help_s, unit="s", bar=0.3),
        Row(what="... over an empty Python program", values=ratios(help_s, empty_s), unit="×"),
        Row(what="... imports of torch", values=[float(loads_torch)], unit="", bar=0),
    ]


def _seconds(program: str) -> float:
    started = perf_counter()
    subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    return perf_counter() - started
