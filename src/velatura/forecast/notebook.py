"""A file of the laps that this machine has run."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict
from math import inf
from typing import TYPE_CHECKING

from velatura.forecast.laps import Lap
from velatura.forecast.runs import Timed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

LOG = logging.getLogger(__name__)

NAME = "runs.jsonl"

MOST_BYTES = 2**20
"""Of the file: some five thousand laps. Half of them are forgotten where there are more."""


class Notebook:
    """The laps that were run, the latest last.

    What is lost of it costs a forecast, and nothing else: a file that cannot be written or read
    is told of in the log.

    Args:
        folder: Where its file is; None keeps nothing.
    """

    def __init__(self, folder: Path | None) -> None:
        self._file = folder / NAME if folder else None

    def add(self, laps: Iterable[Timed]) -> None:
        """Write laps down."""
        if self._file is None:
            return
        text = "".join(json.dumps(asdict(timed)) + "\n" for timed in laps)
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._file.open("a", encoding="utf-8") as file:
                file.write(text)  # one write, so that lines of two processes do not mix
            if self._file.stat().st_size > MOST_BYTES:
                self._forget()
        except OSError as error:
            LOG.warning("%s: cannot be written: %s", self._file, error.strerror)

    def read(self) -> list[Timed]:
        """All laps; lines that are no laps are left out."""
        if self._file is None or not self._file.exists():
            return []
        try:
            lines = self._file.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError as error:
            LOG.warning("%s: cannot be read: %s", self._file, error.strerror)
            return []
        found = [timed for line in lines if (timed := _timed(line))]
        if len(found) < len(lines):
            LOG.warning("%s: %d broken lines", self._file, len(lines) - len(found))
        return found

    def _forget(self) -> None:
        """Keep the later half."""
        if self._file is None:
            return
        lines = self._file.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
        part = self._file.with_suffix(".part")
        part.write_text("".join(lines[len(lines) // 2 :]), encoding="utf-8")
        part.replace(self._file)


def _timed(line: str) -> Timed | None:
    try:
        read = json.loads(line)
        timed = Timed(**read | {"lap": Lap(**read["lap"])})
        sizes = (timed.lap.pixels, timed.lap.rows, timed.lap.count)
        measured = (timed.seconds, timed.peak_bytes or 0)
        is_sound = all(size > 0 for size in sizes) and all(0 <= it < inf for it in measured)
    except (ValueError, TypeError, KeyError):
        return None
    return timed if is_sound else None
