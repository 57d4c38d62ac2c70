"""Images of a document: files beside it, or PNG written into it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from velatura.errors import PictureError, WorkflowError
from velatura.library import Opened, open_picture
from velatura.metadata.leaves import leaf_from_plain, leaf_to_plain

if TYPE_CHECKING:
    from pathlib import Path

    from velatura.records import Bitmap

LINE = 76
"""Characters of a line of base64."""


def image_from_plain(value: Any, folder: Path | None) -> Opened:  # noqa: ANN401
    """An image of a document.

    Args:
        value: The name of a file in the folder, or a mapping with a ``png`` in base64.
        folder: Where the document lies; None allows no files.

    Raises:
        PictureError: it cannot be read.
        WorkflowError: it is neither, or the file's path leaves the folder.
    """
    if isinstance(value, dict):
        if unknown := [name for name in value if name not in ("png", "profile")]:
            raise WorkflowError(f"unknown key {unknown[0]!r}; expected png, and perhaps profile")
        return Opened(bitmap=leaf_from_plain(value))
    if not isinstance(value, str) or not value:
        raise WorkflowError("expected the name of a file, or a png in base64")
    if folder is None:
        raise WorkflowError(f"{value}: this document may name no files; write the png into it")
    return open_picture(_inside(folder, value))


def image_to_plain(bitmap: Bitmap) -> dict[str, str]:
    """An image as a document carries it, base64 in lines."""
    return {name: _in_lines(text) for name, text in leaf_to_plain(bitmap).items()}


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
