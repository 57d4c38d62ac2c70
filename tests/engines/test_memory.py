"""Memory, as Linux counts it."""

import re
import sys
from pathlib import Path

import pytest

from velatura.engines.memory import forget_peak, peak_bytes, trim_heap, use_large_pages


def test_the_peak_is_read_in_bytes(tmp_path):
    (tmp_path / "status").write_text("Name:\tvelatura\nVmHWM:\t    2048 kB\nVmRSS:\t 100 kB\n")
    assert peak_bytes(tmp_path) == 2 * 2**20


def test_where_nobody_counts_nothing_is_told(tmp_path):
    assert peak_bytes(tmp_path) is None
    (tmp_path / "status").write_text("Name:\tvelatura\n")
    assert peak_bytes(tmp_path) is None


def test_the_peak_is_begun_anew_by_what_the_system_takes(tmp_path):
    (tmp_path / "clear_refs").write_text("")
    forget_peak(tmp_path)
    assert (tmp_path / "clear_refs").read_text() == "5"
    forget_peak(tmp_path / "none")


def test_large_pages_are_asked_for_unless_the_user_said_something():
    environment: dict[str, str] = {}
    use_large_pages(environment)
    assert environment == {"THP_MEM_ALLOC_ENABLE": "1"}
    environment["THP_MEM_ALLOC_ENABLE"] = "0"
    use_large_pages(environment)
    assert environment == {"THP_MEM_ALLOC_ENABLE": "0"}


def resident_bytes() -> int:
    found = re.search(r"VmRSS:\s*(\d+) kB", Path("/proc/self/status").read_text())
    assert found
    return int(found[1]) * 1024


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux's C library is asked")
def test_memory_let_go_between_blocks_in_use_is_given_back():
    blocks = [bytearray(b"x") * 2**16 for _ in range(2000)]
    last = blocks.pop()  # what lies behind the others, so that the heap cannot shrink by itself
    blocks.clear()
    before = resident_bytes()
    trim_heap()
    assert resident_bytes() < before - 2**26
    assert len(last) == 2**16
