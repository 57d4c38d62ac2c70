"""How much memory is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch

from velatura.models.room import SMALL, free_bytes, parts_that_fit

if TYPE_CHECKING:
    from pathlib import Path

CPU = torch.device("cpu")


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """The system's files of a machine with 3 kB to be had."""
    (tmp_path / "proc").mkdir()
    facts = (
        "MemTotal: 9 kB\nMemFree: 1 kB\nMemAvailable:    2 kB\nSwapTotal: 5 kB\nSwapFree: 1 kB\n"
    )
    (tmp_path / "proc/meminfo").write_text(facts)
    return tmp_path


def container(root: Path, **files: str) -> None:
    folder = root / "sys/fs/cgroup"
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / f"memory.{name}").write_text(text)


def test_memory_and_swap_can_be_had(machine: Path) -> None:
    assert free_bytes(CPU, machine) == 3 * 1024


def test_a_container_has_what_its_limit_leaves(machine: Path) -> None:
    container(machine, max="2000\n", current="1500\n", stat="anon 9\ninactive_file 300\n")
    assert free_bytes(CPU, machine) == 800


def test_a_container_without_a_limit_has_the_machine_s(machine: Path) -> None:
    container(machine, max="max\n", current="1500\n", stat="")
    assert free_bytes(CPU, machine) == 3 * 1024


def test_where_nobody_tells_everything_fits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert free_bytes(CPU, tmp_path) is None
    assert free_bytes(torch.device("mps")) is None
    monkeypatch.setattr("velatura.models.room.free_bytes", lambda _: None)
    assert parts_that_fit(10, 2**60, CPU) == 10


def test_this_machine_has_some() -> None:
    free = free_bytes(CPU)
    assert free is None or free > 0


def test_some_of_the_parts_fit_or_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("velatura.models.room.free_bytes", lambda _: 10 * SMALL)
    assert parts_that_fit(4, 2 * SMALL, CPU) == 4
    assert parts_that_fit(9, 2 * SMALL, CPU) == 4
    assert parts_that_fit(1, 9 * SMALL, CPU) == 0


def test_nobody_looks_for_what_is_always_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("velatura.models.room.free_bytes", lambda _: 0)
    assert parts_that_fit(4, SMALL / 4, CPU) == 4
    assert parts_that_fit(5, SMALL / 4, CPU) == 0
