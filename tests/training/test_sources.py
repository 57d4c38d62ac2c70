"""Reading packages: Qt archives, licences, names."""

import struct
import zlib

import pytest

from training.licences import free_files
from training.qt_archives import read_qt_archive

README = """Copyright: A
License: Public Domain
Files:
one.webp

Copyright: B
License: CC-BY-SA-4.0
Files: two.webp

Copyright: C
Files: three.webp
License: CC0-1.0
Comments: cropping
"""


def archive(version: int) -> bytes:
    """An archive with a folder ``a`` and in it ``b``, compressed."""
    stamp = b"" if version < 2 else bytes(8)
    names = b"".join(
        struct.pack(">HI", len(name), 0) + name.encode("utf-16-be") for name in ("a", "b")
    )
    packed = zlib.compress(b"hello")
    data = struct.pack(">I", len(packed) + 4) + struct.pack(">I", 5) + packed
    nodes = [
        struct.pack(">IHII", 0, 2, 1, 1) + stamp,
        struct.pack(">IHII", 0, 2, 1, 2) + stamp,
        struct.pack(">IHHHI", 8, 1, 0, 0, 0) + stamp,
    ]
    tree = b"".join(nodes)
    at = 20
    header = struct.pack(">IIII", version, at, at + len(tree), at + len(tree) + len(data))
    return b"qres" + header + tree + data + names


@pytest.mark.parametrize("version", [1, 3])
def test_a_compressed_file_comes_out_whole(tmp_path, version: int):
    file = tmp_path / "x.rcc"
    file.write_bytes(archive(version))
    assert list(read_qt_archive(file)) == [("/a/b", b"hello")]


def test_another_file_is_refused(tmp_path):
    file = tmp_path / "x.rcc"
    file.write_bytes(b"PNG and so on")
    with pytest.raises(ValueError, match="no Qt resource archive"):
        list(read_qt_archive(file))


def test_only_public_domain_and_cc0_are_free():
    assert free_files(README) == {"one.webp", "three.webp"}
