"""Images of a document: files beside it, or PNG written into it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from velatura.errors import PictureError, WorkflowError
from velatura.library import Opened, open_picture
from velatura.metadata.leaves import leaf_from_plain, leaf_to_plain

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from velatura.records import Bitmap

LINE = 76
"""Characters of a line of base64."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where a document's images may be.

    Attributes:
        folder: Where its files are; None allows none.
        find: The image of an id, or None where there is none; without it, ids are not understood.
    """

    folder: Path | None = None
    find: Callable[[str], Bitmap | None] | None = None


def image_from_plain(value: Any, sources: Sources) -> Opened:  # noqa: ANN401
    """An image of a document.

    Args:
        value: The name of a file, or a mapping with a ``png`` in base64, or with an ``id``.
        sources: Where it may be.

    Raises:
        PictureError: it cannot be read.
        WorkflowError: it is neither, or the file's path leaves the folder.
    """
    if isinstance(value, dict):
        if sources.find and set(value) == {"id"}:
            return Opened(bitmap=_known(value["id"], sources.find))
        if unknown := [name for name in value if name not in ("png", "profile")]:
            raise WorkflowError(f"unknown key {unknown[0]!r}; expected png, and perhaps profile")
        return Opened(bitmap=leaf_from_plain(value))
    if not isinstance(value, str) or not value:
        raise WorkflowError("expected the name of a file, or a png in base64")
    if sources.folder is None:
        raise WorkflowError(f"{value}: this document may name no files; write the png into it")
    return open_picture(_inside(sources.folder, value))


def image_to_plain(bitmap: Bitmap) -> dict[str, str]:
    """An image as a document carries it, base64 in lines."""
    return {name: _in_lines(text) for name, text in leaf_to_plain(bitmap).items()}


def _known(image_id: Any, find: Callable[[str], Bitmap | None]) -> Bitmap:  # noqa: ANN401
    bitmap = find(image_id) if isinstance(image_id, str) else None
    if bitmap is None:
        raise WorkflowError(f"no picture {str(image_id)[:64]!r} is kept here")
    return bitmap


def _inside(folder: Path, name: str) -> Path:
    """The file, if it lies in the folder once every link is followed."""
    home = folder.resolve()
    try:
        path = (home / name).resolve()
    except (OSError, ValueError, RuntimeError) as error:
        raise PictureError(f"{name!r}: no such picture file") from error
    if not path.is_relative_to(home):
        raise WorkflowError(
            f"{name}: leaves the folder of the document; put the file into that folder"
        )
    return path


def _in_lines(text: str) -> str:
    return "\n".join(text[start : start + LINE] for start in range(0, len(text), LINE))
