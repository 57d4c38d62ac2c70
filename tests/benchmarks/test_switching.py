"""The measurement of loading and switching, on a tiny checkpoint."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from benchmarks.trials import merging
from benchmarks.trials.switching import load_cold, switch

if TYPE_CHECKING:
    from pathlib import Path


def test_reading_and_loading_take_turns(tiny_checkpoint: Path) -> None:
    assert list(load_cold(tiny_checkpoint, 1)) == ["read, 0", "load, 0"]


def test_both_checkpoints_paint(tiny_checkpoint: Path, tmp_path: Path) -> None:
    for file in tiny_checkpoint.parent.glob(f"{tiny_checkpoint.stem}.*"):
        shutil.copy(file, tmp_path)
    figures = switch(tmp_path / tiny_checkpoint.name, 1, size=64)
    assert list(figures) == ["new", "new, another", "same, 0", "switched, 0"]
    assert min(figures.values()) > 0


def test_autoencoder_and_lora_are_measured(tiny_checkpoint: Path) -> None:
    figures = merging.measure(tiny_checkpoint, side=64, rounds=1)
    assert list(figures) == ["encode, 0", "decode, 0", "merge, 0"]
