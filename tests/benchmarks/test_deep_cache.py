"""What the measurement of kept features tells."""

from __future__ import annotations

import torch

from benchmarks.trials.deep_cache import measure
from tests.benchmarks.test_stepping import TINY


def test_both_kinds_of_step_are_told_for_each_round() -> None:
    with torch.inference_mode():
        figures = measure((64, 64), 2, TINY)
    assert set(figures) == {"whole, 0", "kept, 0", "whole, 1", "kept, 1"}
    assert all(seconds > 0 for seconds in figures.values())
