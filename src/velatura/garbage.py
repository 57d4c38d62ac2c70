"""Python's collector of garbage, kept out of where there is none."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator


@contextmanager
def uncollected() -> Generator[None]:
    """Collect no garbage meanwhile: for the import of large packages.

    Nearly all that an import makes is there to stay, yet the collector looks through it again and
    again as it grows, for a sixth of the time that the import takes.
    """
    was_collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if not gc.get_freeze_count():
            gc.freeze()
            gc.unfreeze()  # what was made is of the oldest generation now, which is seldom seen
        if was_collecting:
            gc.enable()
