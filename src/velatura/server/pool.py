"""What requests may begin with, by id: the library's pictures, and bitmaps that were sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from velatura.errors import LibraryError, PictureError
from velatura.server.inputs import open_upload

if TYPE_CHECKING:
    from velatura.jobs import Queue
    from velatura.library.index import Library
    from velatura.records import Bitmap
    from velatura.server.config import Bounds


class Pool:
    """Finds bitmaps; what was opened once is remembered as long as the pool is.

    Args:
        queue: Keeps what clients sent.
        library: Keeps what was made or imported.
        bounds: Of a picture to begin with.
    """

    def __init__(self, queue: Queue, library: Library, bounds: Bounds) -> None:
        self._queue = queue
        self._library = library
        self._bounds = bounds
        self._found: dict[str, Bitmap | None] = {}

    def find(self, bitmap_id: str) -> Bitmap | None:
        """The bitmap of an id, with all that is known of how it was made; None where there is none.

        Raises:
            RequestError: it is no id of a bitmap, or its picture is larger than what is taken.
        """
        if bitmap_id not in self._found:
            is_kept = self._queue.has_bitmap(bitmap_id)
            self._found[bitmap_id] = self._of_library(bitmap_id) or (
                self._queue.remembered(bitmap_id) if is_kept else None
            )
        return self._found[bitmap_id]

    def lend(self, bitmap: Bitmap) -> None:
        """Have a bitmap found that is kept nowhere."""
        self._found[bitmap.id] = bitmap

    def _of_library(self, picture_id: str) -> Bitmap | None:
        """A picture of the library, unless its file is gone or another's."""
        try:
            data = self._library.file(picture_id)[0].read_bytes()
            bitmap = open_upload(data, self._bounds).bitmap
        except (LibraryError, PictureError, OSError):
            return None
        return bitmap if bitmap.id == picture_id else None
