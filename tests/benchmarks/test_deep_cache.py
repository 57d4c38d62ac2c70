"""What the measurement of kept features tells."""

from __future__ import annotations

import torch

from benchmarks.trials.deep_cache import measure
from velatura.models.architecture import UnetArchitecture

SMALL = UnetArchitecture(
    channels=(32, 64), res_blocks=(1, 1), attention=(True, False), depth=(1, 1), context_width=16
)


def test_both_kinds_of_step_are_told_for_each_round() -> None:
    with torch.inference_mode():
        figures = measure((64, 64), 2, SMALL)
    assert set(figures) == {"whole, 0", "kept, 0", "whole, 1", "kept, 1"}
    assert all(seconds > 0 for seconds in figures.values())
