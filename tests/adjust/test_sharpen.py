from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from scipy.ndimage import gaussian_filter

from tests.adjust import strategies
from velatura.adjust import apply
from velatura.records import Sharpen

EDGE = np.where(np.arange(60) < 30, 80, 160).astype(np.uint8)[None, :, None].repeat(20, axis=0)


def test_a_picture_gains_what_its_blur_lacks():
    noise = np.random.default_rng(4).integers(60, 200, (50, 50, 3), dtype=np.uint8)
    made = apply(noise, [Sharpen(radius=2.0, amount=0.5)])
    blurred = gaussian_filter(noise.astype(float), (2, 2, 0), mode="nearest", truncate=4)
    wanted = np.clip(noise + 0.5 * (noise - blurred), 0, 255)
    assert np.abs(made - wanted).max() < 0.55


def test_an_edge_overshoots_and_plains_stay():
    made = apply(EDGE, [Sharpen(radius=3.0, amount=1.0)])[10, :, 0].astype(int)
    assert made.min() < 60
    assert made.max() > 180
    assert (made[:10] == 80).all()
    assert (made[-10:] == 160).all()


def test_a_threshold_leaves_faint_differences_alone():
    assert np.array_equal(apply(EDGE, [Sharpen(radius=3.0, threshold=0.2)]), EDGE)
    made = apply(EDGE, [Sharpen(radius=3.0, amount=1.0, threshold=0.1)])[10, :, 0]
    changed = np.flatnonzero(made != EDGE[10, :, 0])
    assert changed.min() > 25
    assert changed.max() < 34


@given(strategies.pictures(channels=(4,)))
def test_alpha_and_what_is_hidden_do_not_take_part(picture):
    made = apply(picture, [Sharpen(radius=1.0, amount=2.0)])
    assert np.array_equal(made[..., 3], picture[..., 3])
    recoloured = picture.copy()
    recoloured[picture[..., 3] == 0, :3] = 77
    other = apply(recoloured, [Sharpen(radius=1.0, amount=2.0)])
    seen = picture[..., 3] > 0
    assert np.array_equal(made[seen], other[seen])


@pytest.mark.parametrize("radius", [0.1, 100])
def test_extreme_radii_are_carried_out(radius):
    assert apply(EDGE, [Sharpen(radius=radius)]).shape == EDGE.shape
