"""Run the measurements: ``python -m benchmarks [NAME ...] [--size 256] [--repeats 3] [--write]``.

Each takes place in fresh processes, one after another. The large checkpoint is written into a
temporary folder (4.3 GB) and removed afterwards. Nothing else is written but the
plot of ``growth`` and, with ``--write``, the table in RESULTS.md.
"""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks.adjusting import adjusting
from benchmarks.checkpoint import write_checkpoint
from benchmarks.deep_cache import deep_cache
from benchmarks.drawing import drawing
from benchmarks.embedded import embedded
from benchmarks.finish_preview import finish_preview
from benchmarks.forecasting import forecasting
from benchmarks.library import library
from benchmarks.loading import loading
from benchmarks.machine import describe_machine
from benchmarks.opening import opening
from benchmarks.options import SHAPES, Options, Shape
from benchmarks.painting import painting
from benchmarks.queue import queue
from benchmarks.report import format_report, write_report
from benchmarks.rerunning import rerunning
from benchmarks.rivals import RIVALS, present
from benchmarks.scrolling import scrolling
from benchmarks.server import server
from benchmarks.startup import startup
from benchmarks.stepping import growth, stepping
from benchmarks.switching import switching
from benchmarks.upscaling import upscaling

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from benchmarks.rows import Row

MEASUREMENTS: Mapping[str, Callable[[Options], list[Row]]] = {
    "startup": startup,
    "embedded": embedded,
    "forecasting": forecasting,
    "loading": loading,
    "painting": painting,
    "stepping": stepping,
    "growth": growth,
    "deep_cache": deep_cache,
    "switching": switching,
    "queue": queue,
    "library": library,
    "server": server,
    "opening": opening,
    "scrolling": scrolling,
    "drawing": drawing,
    "adjusting": adjusting,
    "finish_preview": finish_preview,
    "upscaling": upscaling,
    "rerunning": rerunning,
}
"""Name -> what it measures."""

NEED_LARGE = frozenset({"loading", "painting"})
"""The measurements that need the large checkpoint."""


def main() -> None:
    """Measure what is asked for, everything by default, and print the table."""
    parser = _parser()
    told = parser.parse_args()
    names: list[str] = told.names or list(MEASUREMENTS)
    if unknown := [name for name in names if name not in MEASUREMENTS]:
        parser.error(f"no measurement {unknown[0]!r}; there is {', '.join(MEASUREMENTS)}")
    # Programs start from their bytecode, as they do for everybody from the second time on.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # noqa: TID251 - Python reads it, not we
    with TemporaryDirectory(prefix="velatura-benchmarks-", dir=told.folder) as folder:
        options = _options(told, Path(folder), is_large=not NEED_LARGE.isdisjoint(names))
        rows: list[Row] = []
        for name in names:
            print(f"measuring: {name}", file=sys.stderr)
            measured = MEASUREMENTS[name](options)
            if not measured:
                print(f"{name}: nothing here to measure", file=sys.stderr)
            rows += measured
    over = "" if told.strength is None else f" over a picture, strength {told.strength:g}"
    how = (
        f"{told.repeats} repeats; large pictures {told.size}×{told.size}, {told.steps} steps of "
        f"Euler{over}, guidance 7, batch 1, float32"
    )
    report = format_report(rows, describe_machine(), datetime.now(UTC), how)
    print(report)
    if told.write:
        write_report(report)


def _options(told: Namespace, folder: Path, *, is_large: bool) -> Options:
    """The settings, with the large checkpoint written where one is needed and none is given."""
    checkpoint = told.checkpoint or folder / "models" / "large.safetensors"
    if is_large and told.checkpoint is None:
        print("writing a checkpoint of 4.3 GB", file=sys.stderr)
        checkpoint.parent.mkdir()
        write_checkpoint(checkpoint)
    return Options(
        folder=folder,
        checkpoint=checkpoint,
        size=told.size,
        steps=told.steps,
        repeats=told.repeats,
        strength=told.strength,
        shapes=tuple(told.shapes or SHAPES),
        against=present(told.against),
    )


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m benchmarks", description="Measure Velatura.")
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help=f"what to measure: {', '.join(MEASUREMENTS)}; default: everything",
    )
    parser.add_argument("--size", type=int, default=256, help="pixels (default %(default)s)")
    parser.add_argument("--steps", type=int, default=20, help="default %(default)s")
    parser.add_argument("--repeats", type=int, default=3, help="default %(default)s")
    parser.add_argument("--strength", type=float, help="paint over a picture instead of afresh")
    parser.add_argument(
        "--shape",
        type=Shape.parse,
        action="append",
        dest="shapes",
        help="what a step paints, such as 512x832 or, four at once, 512x832x4; may be repeated",
    )
    parser.add_argument(
        "--against",
        choices=RIVALS,
        action="append",
        default=[],
        help="who takes part beside diffusers, if installed; may be repeated",
    )
    parser.add_argument("--checkpoint", type=Path, help="an SD 1.x file, instead of a random one")
    parser.add_argument("--folder", type=Path, help="where temporary files may take 4.3 GB")
    parser.add_argument("--write", action="store_true", help="put the table into RESULTS.md")
    return parser


if __name__ == "__main__":
    main()
