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
    import os
    from collections.abc import Iterator, Sequence
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
        self._room = 0  # not known before the folder was looked through

    def find(self, key: str) -> Picture | None:
        """The picture of that key, if it is there whole."""
        path = self._path(key)
        if not path.exists():
            return None
        try:
            opened = open_picture(path)
        except PictureError:
            return self._thrown_away(path)
        with suppress(OSError):  # a folder that may only be read
            path.touch()
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
        data = encode_picture(picture, kept_texts={KEY_CHUNK: key}).data
        try:
            save_over(data, self._path(key))
        except OutputError as error:
            log.warning("%s: pictures cannot be kept there: %s", self._folder, error)
            return
        self._room -= len(data)
        if self._room < 0:
            self._room = self._swept()

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.png"

    def _thrown_away(self, path: Path) -> None:
        log.warning("%s: damaged, it will be made again", path)
        self._remove(path)

    def _swept(self) -> int:
        """Bytes of room, once the pictures not used for longest are gone, and abandoned files.

        A tenth of the budget is made free at least, so that this is seldom done.
        """
        for path, fact in self._files("*/.velatura-*.tmp"):
            if fact.st_mtime < time.time() - ABANDONED_AFTER_S:
                self._remove(path)
        spare = self._budget // 10
        room = self._budget - spare
        newest_first = sorted(self._files("*/*.png"), key=lambda entry: -entry[1].st_mtime_ns)
        for path, fact in newest_first:
            if fact.st_size <= room:
                room -= fact.st_size
            else:
                self._remove(path)
        return room + spare

    def _files(self, pattern: str) -> Iterator[tuple[Path, os.stat_result]]:
        """Files with what is known of them; another program may take some away meanwhile."""
        for path in self._folder.glob(pattern):
            with suppress(OSError):
                yield path, path.stat()

    def _remove(self, path: Path) -> None:
        with suppress(OSError):  # gone already, or a folder that may only be read
            path.unlink(missing_ok=True)
