"""Qt resource archives: the files inside an ``.rcc``.

An ``.rcc`` is a header, a tree of nodes, their names in UTF-16 and their data, each stored plain or
zlib-compressed (Qt documentation, "The Qt Resource System"; layout as written by ``rcc``,
format versions 1 to 3).
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COMPRESSED = 1
FOLDER = 2


def _name(raw: bytes, at: int) -> str:
    (length,) = struct.unpack_from(">H", raw, at)
    start = at + 6  # the length, then a hash of four bytes
    return raw[start : start + 2 * length].decode("utf-16-be")


def read_qt_archive(path: Path) -> Iterator[tuple[str, bytes]]:
    """Give every file of the archive: its path inside, and its bytes.

    Raises:
        ValueError: if the file is no Qt resource archive, or one compressed with zstd.
    """
    raw = path.read_bytes()
    if raw[:4] != b"qres":
        raise ValueError(f"{path.name} is no Qt resource archive")
    version, tree, data, names = struct.unpack_from(">IIII", raw, 4)
    node_size = 14 if version < 2 else 22  # version 2 added a time stamp
    waiting = [(0, "")]
    while waiting:
        index, folder = waiting.pop()
        node = tree + index * node_size
        name_at, flags = struct.unpack_from(">IH", raw, node)
        inside = f"{folder}/{_name(raw, names + name_at)}" if index else ""
        if flags & FOLDER:
            count, first = struct.unpack_from(">II", raw, node + 6)
            waiting.extend((first + k, inside) for k in range(count))
            continue
        (data_at,) = struct.unpack_from(">I", raw, node + 10)
        (length,) = struct.unpack_from(">I", raw, data + data_at)
        content = raw[data + data_at + 4 : data + data_at + 4 + length]
        yield inside, zlib.decompress(content[4:]) if flags & COMPRESSED else content
