"""Where the members of an uncompressed zip archive lie, so that they can be read in place."""

from __future__ import annotations

import struct
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from velatura.errors import BrokenModel

if TYPE_CHECKING:
    from pathlib import Path

MAX_MEMBERS = 100_000


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside the archive.

    Attributes:
        offset: Where its bytes begin.
        size: How many there are.
    """

    offset: int
    size: int

    def read(self, path: Path, file: BinaryIO, limit: int) -> bytes:
        """Its bytes.

        Raises:
            BrokenModel: if there are more than ``limit``.
        """
        if self.size > limit:
            raise BrokenModel(f"{path}: a part that no model needs has {self.size} bytes")
        file.seek(self.offset)
        return file.read(self.size)


def zip_members(path: Path, file: BinaryIO) -> dict[str, Member]:
    """The members of an archive, by name.

    Raises:
        BrokenModel: if the archive is not complete, names a member twice, or compresses.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError, struct.error) as e:
        raise BrokenModel(f"{path}: not a complete archive: {e}; download it again") from e
    size = path.stat().st_size
    members = {info.filename: _locate(path, file, info, size) for info in infos[:MAX_MEMBERS]}
    if len(members) != len(infos):
        raise BrokenModel(f"{path}: its archive names a member twice, or has far too many")
    return members


def _locate(path: Path, file: BinaryIO, info: zipfile.ZipInfo, size: int) -> Member:
    """A member's place, read off the header in front of it; its name there does not matter."""
    if info.compress_type != zipfile.ZIP_STORED or info.flag_bits & 1:
        raise BrokenModel(f"{path}: {info.filename!r} is compressed; PyTorch stores plainly")
    file.seek(info.header_offset)
    header = file.read(30)
    if len(header) < 30 or not header.startswith(b"PK\x03\x04"):
        raise BrokenModel(f"{path}: {info.filename!r} is not where its archive says")
    name, extra = struct.unpack("<HH", header[26:30])
    offset = info.header_offset + 30 + name + extra
    if offset + info.file_size > size:
        raise BrokenModel(f"{path}: ends before {info.filename!r} does; download it again")
    return Member(offset, info.file_size)
