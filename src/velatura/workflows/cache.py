"""Pictures kept by what they are made of, so that nothing is made twice.

A picture's key is a hash over its complete request, with the ids of what it begins with, and over
the model files: two requests with one key give the same pixels. Entries are picture files like any
other. One that was damaged is found out and thrown away.
"""

from __future__ import annotations

import hashlib
import json
import logging
import time
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING

from velatura.errors import OutputError, PictureError
from velatura.library import open_picture
from velatura.library.files import save_over
from velatura.metadata import encode_picture
from velatura.records import Picture, bitmaps
from velatura.records.plain import to_plain
from velatura.version import PIXELS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from velatura.records import ModelUse, Request

log = logging.getLogger(__name__)

KEY_CHUNK = "velatura-key"
"""The text of an entry that says which key it is for."""

BUDGET_BYTES = 4 * 2**30
ABANDONED_AFTER_S = 24 * 3600
"""Age of an unfinished file that nobody is writing any more."""


def picture_key(request: Request, models: Sequence[ModelUse]) -> str:
    """What decides a picture, as 64 hex digits.

    Args:
        request: The complete request that makes one picture.
        models: The model files that take part.
    """
    profiles = [bitmap.profile for _, bitmap in bitmaps(request)]
    decides = {
        "pixels": PIXELS,
        "request": to_plain(request),
        "profiles": [
            hashlib.sha256(profile).hexdigest() if profile else "" for profile in profiles
        ],
        "models": [asdict(model) for model in models],
    }
    return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()


class PictureCache:
    """A folder of pictures by their keys.

    Several programs may use one folder at a time. Trouble with the disk costs only time: what
    cannot be kept is made again.

    Args:
        folder: Where they lie; made where it is missing.
        budget_bytes: What they may take together; those not used for longest go first.
    """

    def __init__(self, folder: Path, budget_bytes: int = BUDGET_BYTES) -> None:
        self._folder = folder
        self._budget = budget_bytes

    def find(self, key: str) -> Picture | None:
        """The picture of that key, if it is there whole."""
        path = self._path(key)
        try:
            opened = open_picture(path)
            path.touch()
        except (PictureError, OSError):
            return self._thrown_away(path) if path.exists() else None
        origin = opened.bitmap.origin
        if origin is None or opened.story.texts.get(KEY_CHUNK) != key:
            return self._thrown_away(path)
        return Picture(
            pixels=opened.bitmap.array,
            request=origin.request,
            models=origin.models,
            remarks=opened.story.remarks,
            profile=opened.bitmap.profile,
        )

    def keep(self, key: str, picture: Picture) -> None:
        """Keep a picture under its key."""
        path = self._path(key)
        data = encode_picture(picture, kept_texts={KEY_CHUNK: key}).data
        try:
            save_over(data, path)
            self._shrink()
        except (OSError, OutputError) as error:
            log.warning("%s: pictures cannot be kept there: %s", self._folder, error)

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.png"

    def _thrown_away(self, path: Path) -> None:
        log.warning("%s: damaged, it will be made again", path)
        with suppress(OSError):  # a reader without the right to write only wastes its time
            path.unlink(missing_ok=True)

    def _shrink(self) -> None:
        """Remove what was abandoned, then what was not used for longest, down to the budget."""
        for path in self._folder.glob("*/.velatura-*.tmp"):
            if path.stat().st_mtime < time.time() - ABANDONED_AFTER_S:
                path.unlink(missing_ok=True)
        facts = [(path.stat(), path) for path in self._folder.glob("*/*.png")]
        room = self._budget
        for fact, path in sorted(facts, key=lambda entry: -entry[0].st_mtime_ns):
            room -= fact.st_size
            if room < 0:
                path.unlink(missing_ok=True)
