"""The folder in which the queue keeps its files, and what they are called.

============================ =====================================================================
``bitmaps/ab/ID.png``        pixels that requests begin with, named by what they are
``bitmaps/ab/ID.json``       how they were made, where that is known
``pictures/YYYY-MM-DD/...``  finished pictures
``wildcards/NAME.txt``       lines for ``__NAME__`` in prompts, put there by people
``thumbnails/ab/ID-...``      small pictures, which can be made again
``snapshots/JOB``            where an unfinished job stands
``previews/JOB.png``         what a running job looks like
``workers/NAME.lock``        held by a worker as long as it lives
============================ =====================================================================
"""

from __future__ import annotations

import re
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from velatura.errors import OutputError

if TYPE_CHECKING:
    from pathlib import Path

TEMPORARY = ".velatura-*.tmp"
"""What files are called while they are written."""

ABANDONED_S = 600.0
"""A temporary file of that age was left behind by a process that was killed."""


@dataclass(frozen=True, slots=True)
class Folder:
    """Places of files.

    Attributes:
        root: The folder of it all.
    """

    root: Path

    @property
    def pictures(self) -> Path:
        """Where finished pictures go."""
        return self.root / "pictures"

    @property
    def thumbnails(self) -> Path:
        """Where small pictures are kept."""
        return self.root / "thumbnails"

    @property
    def database(self) -> Path:
        """The embedded database."""
        return self.root / "velatura.db"

    @property
    def wildcards(self) -> Path:
        """Where people put the lines that wildcards stand for."""
        return self.root / "wildcards"

    def bitmap(self, bitmap_id: str) -> Path:
        """The file of a bitmap.

        Args:
            bitmap_id: 64 hex digits.
        """
        return self.root / "bitmaps" / bitmap_id[:2] / f"{bitmap_id}.png"

    def origin(self, bitmap_id: str) -> Path:
        """What is known of how a bitmap was made."""
        return self.bitmap(bitmap_id).with_suffix(".json")

    def snapshot(self, job_id: str) -> Path:
        """Where an unfinished job stands."""
        return self.root / "snapshots" / job_id

    def preview(self, job_id: str) -> Path:
        """What a running job looks like."""
        return self.root / "previews" / f"{job_id}.png"

    def lock(self, worker: str) -> Path:
        """What a worker of this name holds as long as it lives."""
        return self.root / "workers" / f"{re.sub('[^A-Za-z0-9._-]', '_', worker)}.lock"

    def prepare(self) -> None:
        """Make the folders.

        Raises:
            OutputError: they cannot be made.
        """
        try:
            for name in ("bitmaps", "pictures", "snapshots", "previews", "wildcards", "workers"):
                (self.root / name).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(
                f"{self.root}: cannot be made a data folder: {error.strerror}; choose another"
            ) from error

    def clear(self) -> None:
        """Remove what killed processes left half written."""
        for left in self.root.rglob(TEMPORARY):
            with suppress(OSError):  # another process may be quicker
                if time.time() - left.stat().st_mtime > ABANDONED_S:
                    left.unlink()

    def forget(self, job_id: str) -> None:
        """Remove what is only of use while a job is unfinished."""
        for path in (self.snapshot(job_id), self.preview(job_id)):
            with suppress(OSError):  # what stays is cleared away at the next start
                path.unlink(missing_ok=True)
