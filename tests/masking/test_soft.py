from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from velatura.masking.soft import kernel, revealing_mask, weighted_percentiles
from velatura.records import SoftInpainting

VALUES = arrays.arrays(np.float64, (6, 5), elements=st.floats(0, 10))


def stacked_mean(values, row, column, lowest, highest):
    """The definition, cell by cell."""
    weights = kernel()
    stack = sorted(
        (values[row + y - 2, column + x - 2], weights[y, x])
        for y in range(5)
        for x in range(5)
        if 0 <= row + y - 2 < values.shape[0] and 0 <= column + x - 2 < values.shape[1]
    )
    total = sum(weight for _, weight in stack)
    begin, end = total * lowest, total * highest
    if end - begin < 1:
        middle = (begin + end) / 2
        begin, end = middle - 0.5, middle + 0.5
        if end > total:
            begin, end = total - 1, total
        if begin < 0:
            begin, end = 0.0, 1.0
    height, mean, share = 0.0, 0.0, 0.0
    for value, weight in stack:
        part = max(0.0, min(end, height + weight) - max(begin, height))
        mean, share, height = mean + value * part, share + part, height + weight
    return mean / share


@given(VALUES, st.sampled_from([(0.9, 1.0), (0.25, 0.75), (0.0, 1.0), (0.0, 0.1)]))
def test_percentiles_are_means_over_a_part_of_the_stack(values, part):
    expected = [[stacked_mean(values, y, x, *part) for x in range(5)] for y in range(6)]
    assert np.allclose(weighted_percentiles(values, *part), expected)


def test_the_kernel_is_one_in_its_middle_and_falls():
    weights = kernel()
    assert weights[2, 2] == 1
    assert weights[2, 2] > weights[2, 3] > weights[2, 4] > weights[0, 0] >= 0
    assert np.array_equal(weights, weights.T)


@pytest.mark.parametrize(("distance", "shown"), [(0.0, 0), (100.0, 255)])
def test_what_did_not_change_is_the_original_and_what_did_is_shown(distance, shown):
    distances = np.full((8, 8), distance, np.float32)
    mask = revealing_mask(distances, np.ones((8, 8), np.float32), SoftInpainting(), (64, 64))
    assert mask.shape == (64, 64)
    assert np.abs(mask.astype(int) - shown).max() <= 1


def test_at_the_threshold_half_is_shown():
    distances = np.full((8, 8), 0.5, np.float32)
    mask = revealing_mask(distances, np.ones((8, 8), np.float32), SoftInpainting(), (64, 64))
    assert np.abs(mask.astype(int) - 127).max() <= 1


def test_no_threshold_shows_every_difference():
    distances = np.zeros((8, 16), np.float32)
    distances[:, 10:] = 1e-3
    soft = SoftInpainting(threshold=0.0)
    mask = revealing_mask(distances, np.ones((8, 16), np.float32), soft, (128, 64))
    assert mask[0, 0] == 0
    assert mask[0, -1] == 255
