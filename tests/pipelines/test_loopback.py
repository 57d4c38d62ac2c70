from __future__ import annotations

import numpy as np
import pytest

from velatura.masking import rectangle_mask
from velatura.pipelines.loopback import CURVES, next_round, round_strength
from velatura.records import Bitmap, Img2Img, Inpaint

IMAGE = Bitmap(np.zeros((8, 8, 3), np.uint8))
OTHER = Bitmap(np.ones((8, 8, 3), np.uint8))


@pytest.mark.parametrize(("curve", "middle"), [("linear", 0.5), ("aggressive", 0.4), ("lazy", 0.6)])
def test_strength_goes_from_the_first_to_the_last_along_its_curve(curve, middle):
    def strength(index):
        return round_strength(0.8, 0.2, index, 3, curve)

    assert strength(0) == pytest.approx(0.8)
    assert strength(2) == pytest.approx(0.2)
    assert strength(1) == pytest.approx(middle, abs=0.03)


def test_aggressive_hurries_and_lazy_lags():
    assert CURVES["aggressive"](0.5) > CURVES["linear"](0.5) > CURVES["lazy"](0.5)


def test_a_single_round_has_the_first_strength():
    assert round_strength(0.7, 0.1, 0, 1) == 0.7


def test_the_next_round_begins_with_the_picture_and_the_next_seed():
    later = next_round(Img2Img(image=IMAGE, seed=7), OTHER, 0.4)
    assert (later.image, later.seed, later.strength) == (OTHER, 8, 0.4)


def test_later_rounds_begin_with_what_is_under_the_mask():
    mask = rectangle_mask((8, 8), (0, 0, 4, 4))
    first = Inpaint(image=IMAGE, mask=mask, content="fill", seed=7)
    assert next_round(first, OTHER, 0.4).content == "original"
