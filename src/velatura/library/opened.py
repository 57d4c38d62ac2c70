"""A picture file as what a request begins with: its pixels, and how they were made.

The story in a file is believed only as far as its pixels are still those that it was written for. A
copy, a new name or another program that keeps texts does not change them; painting on them does.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from velatura.errors import PictureError
from velatura.library.pictures import read_pixels
from velatura.metadata import Story, read_story
from velatura.records import Origin

if TYPE_CHECKING:
    from pathlib import Path

    from velatura.records import Bitmap

EDITED = (
    "The pixels are not those that the story in the file tells of (edited since, or a format that "
    "loses some): taken as a picture from outside"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A picture file, opened.

    Attributes:
        bitmap: Its pixels; their origin is told where the file's story is theirs.
        story: What the file tells, whatever its pixels are.
        remarks: What the user should know, a sentence each.
    """

    bitmap: Bitmap
    story: Story = field(default_factory=Story)
    remarks: tuple[str, ...] = ()


def open_picture(file: Path | str | bytes) -> Opened:
    """The pixels of a picture file, or of the bytes of one, and how they were made.

    Raises:
        PictureError: see :func:`~velatura.library.pictures.read_pixels`.
    """
    bitmap = read_pixels(file)
    try:
        story = read_story(file)
    except PictureError:  # its pixels could be read: a format that carries no story
        return Opened(bitmap=bitmap)
    if not (story.is_exact and story.request and story.id):
        return Opened(bitmap=bitmap, story=story, remarks=story.problems)
    if story.id != bitmap.id:
        return Opened(bitmap=bitmap, story=story, remarks=(*story.problems, EDITED))
    origin = Origin(request=story.request, models=story.models)
    return Opened(bitmap=replace(bitmap, origin=origin), story=story, remarks=story.problems)
