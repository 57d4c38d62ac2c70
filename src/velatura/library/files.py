"""Pictures as files: whole or not at all, and never over another.

A file is written under a temporary name beside its place, flushed to the disk and only then given
its name, by a link that fails where the name is taken. A reader never sees half a picture; of two
writers with the same name in mind each gets one of its own.
"""

from __future__ import annotations

import errno
import os
import secrets
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from velatura.errors import DiskFull, OutputError
from velatura.library.names import Occasion, file_stem, next_number, safe_stem
from velatura.metadata import Encoding, encode_picture
from velatura.metadata.embed import encode_pixels

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from velatura.records import Picture

ATTEMPTS = 1000
"""Names tried for one file before giving up."""

_NO_LINKS = frozenset(
    (errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK, errno.EINVAL)
)
"""How a file system says that it has no hard links."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where pictures go, and what they are called.

    Attributes:
        folder: The output folder; made where it is missing.
        pattern: Name of each file, after its running number; its tokens are listed in
            :mod:`velatura.library.names`.
        encoding: How pixels become a file.
    """

    folder: Path
    pattern: str = "[seed]"
    encoding: Encoding = field(default_factory=Encoding)

    def prepare(self) -> None:
        """Make the folder and try whether it can be written to, before any work is done.

        Raises:
            OutputError: it cannot.
        """
        with _reported(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.folder):
                pass


def save_picture(
    picture: Picture,
    target: Target | Path | str,
    *,
    now: datetime | None = None,
    index: int | None = None,
    kept_texts: Mapping[str, str] | None = None,
) -> Path:
    """Write a picture with its story, and return the file's path.

    The name is the next free number of five digits and what the pattern makes of the picture. The
    ending is that of the format that could hold it, see
    :func:`~velatura.metadata.embed.encode_picture`.

    Args:
        picture: What to write.
        target: Where and how; a folder alone takes the defaults.
        now: The time for the name; None is the present.
        index: The picture's place in its request, for the name.
        kept_texts: Texts of an earlier file to carry over.

    Raises:
        OutputError: the folder or the disk does not take it; nothing is left behind.
    """
    if not isinstance(target, Target):
        target = Target(folder=Path(target))
    encoded = encode_picture(picture, target.encoding, kept_texts)
    occasion = Occasion(picture, now or datetime.now().astimezone(), index)
    stem = file_stem(target.pattern, occasion)
    return save_numbered(encoded.data, target.folder, stem, encoded.suffix)


def save_sheet(
    pixels: NDArray[np.uint8],
    folder: Path,
    *,
    name: str = "sheet",
    encoding: Encoding | None = None,
    infotext: str = "",
) -> Path:
    """Write pixels that are no picture of their own, such as a contact sheet.

    Args:
        pixels: What to write.
        folder: Where; made where it is missing.
        name: What the file is called, after its running number.
        encoding: How pixels become a file.
        infotext: What the file tells of its making.

    Raises:
        OutputError: the folder or the disk does not take it.
    """
    encoded = encode_pixels(pixels, encoding or Encoding(), infotext)
    return save_numbered(encoded.data, folder, safe_stem(name), encoded.suffix)


def save_numbered(data: bytes, folder: Path, stem: str, suffix: str) -> Path:
    """Write a new file ``NNNNN-stem.suffix``, numbered after the last one in the folder.

    Raises:
        OutputError: the folder or the disk does not take it; nothing is left behind.
    """
    with _reported(folder):
        folder.mkdir(parents=True, exist_ok=True)
        number = next_number(entry.name for entry in os.scandir(folder))
        with _temporary_file(folder, data) as written:
            for attempt in range(number, number + ATTEMPTS):
                place = folder / (
                    f"{attempt:05}-{stem}{suffix}" if stem else f"{attempt:05}{suffix}"
                )
                if _took_name(written, place):
                    return place
    raise OutputError(f"{folder}: {ATTEMPTS} names in a row were taken; clear the folder")


def save_once(data: bytes, place: Path) -> bool:
    """Write a file whose name tells what is in it; False where it is there already.

    Raises:
        OutputError: the folder or the disk does not take it; nothing is left behind.
    """
    with _reported(place.parent):
        if place.exists():
            return False
        place.parent.mkdir(parents=True, exist_ok=True)
        with _temporary_file(place.parent, data) as written:
            return _took_name(written, place)


def save_over(data: bytes, place: Path) -> None:
    """Write a file in place of the one before; a reader sees either, whole.

    Raises:
        OutputError: the folder or the disk does not take it; the one before stays.
    """
    with _reported(place.parent):
        place.parent.mkdir(parents=True, exist_ok=True)
        with _temporary_file(place.parent, data) as written:
            written.replace(place)


@contextmanager
def _temporary_file(folder: Path, data: bytes) -> Generator[Path]:
    """A flushed file with the data, gone again afterwards unless it was given another name."""
    path = folder / f".velatura-{secrets.token_hex(8)}.tmp"
    try:
        with path.open("xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        yield path
    finally:
        path.unlink(missing_ok=True)


def _took_name(written: Path, place: Path) -> bool:
    """Give a written file its name; False where another file has it."""
    try:
        place.hardlink_to(written)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        return _took_name_without_links(written, place)
    _flush_folder(place.parent)
    return True


def _took_name_without_links(written: Path, place: Path) -> bool:
    """The same where a name cannot be linked: it is reserved by an empty file, then replaced."""
    try:
        place.touch(exist_ok=False)
    except FileExistsError:
        return False
    try:
        written.replace(place)
    except OSError:
        place.unlink(missing_ok=True)
        raise
    _flush_folder(place.parent)
    return True


def _flush_folder(folder: Path) -> None:
    """Make the new name survive a power cut, where folders can be flushed at all."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def _reported(folder: Path) -> Generator[None]:
    """Trouble with the disk, as one line that names the folder."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        advice = "free some space, or choose another folder" if full else "choose another folder"
        reason = error.strerror or str(error)
        kind = DiskFull if full else OutputError
        raise kind(f"{folder}: cannot write there: {reason}; {advice}") from error
