"""Where unfinished jobs stand, on the disk: an engine's snapshot, and what was finished before."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from velatura.library.files import save_over

if TYPE_CHECKING:
    from pathlib import Path

VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a job stands.

    Attributes:
        pictures: How many were finished; the engine, resumed, goes on with the next one.
        snapshot: What the engine resumes from.
    """

    pictures: int
    snapshot: bytes


def save_standing(standing: Standing, place: Path) -> None:
    """Write where a job stands, in place of where it stood.

    Raises:
        OutputError: the disk does not take it.
    """
    head = json.dumps({"version": VERSION, "pictures": standing.pictures})
    save_over(head.encode() + b"\n" + standing.snapshot, place)


def load_standing(place: Path) -> Standing | None:
    """Where a job stands; None where it is to begin anew."""
    with suppress(OSError, ValueError, TypeError, KeyError):  # without it the job begins anew
        head, _, snapshot = place.read_bytes().partition(b"\n")
        told = json.loads(head)
        if told["version"] == VERSION:
            return Standing(pictures=int(told["pictures"]), snapshot=snapshot)
    return None
