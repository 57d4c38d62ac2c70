from __future__ import annotations

import numpy as np
import pytest

from velatura.errors import RequestError
from velatura.pipelines.sketch import sketched
from velatura.records import Bitmap

BEFORE = np.full((32, 32, 3), 90, np.uint8)
AFTER = BEFORE.copy()
AFTER[8:16, 8:24] = (250, 10, 10)


def test_the_mask_is_white_where_anything_was_painted():
    _, mask = sketched(Bitmap(AFTER), Bitmap(BEFORE))
    assert np.array_equal(mask.array[..., 0] == 255, (AFTER != BEFORE).any(-1))


def test_without_blur_the_picture_is_the_sketch():
    picture, _ = sketched(Bitmap(AFTER), Bitmap(BEFORE), mask_blur=0.0)
    assert np.array_equal(picture.array, AFTER)


def test_a_blurred_sketch_is_laid_on_softly():
    picture, _ = sketched(Bitmap(AFTER), Bitmap(BEFORE), mask_blur=2.0)
    assert np.array_equal(picture.array[28:], BEFORE[28:])
    assert 90 < picture.array[12, 7, 0] < 250


def test_transparency_makes_the_mask_grey_and_the_sketch_weak():
    picture, mask = sketched(Bitmap(AFTER), Bitmap(BEFORE), transparency=60, mask_blur=0.0)
    assert mask.array.max() == 102
    assert picture.array[12, 12, 0] == pytest.approx(90 + 0.4 * 160, abs=1)


@pytest.mark.parametrize(
    ("painted", "transparency", "said"),
    [
        (BEFORE, 0, "nothing is painted"),
        (AFTER[:16], 0, "must be of one size"),
        (AFTER, 101, "from 0 to 100"),
        (AFTER, float("nan"), "from 0 to 100"),
    ],
)
def test_what_is_no_sketch_is_refused(painted, transparency, said):
    with pytest.raises(RequestError, match=said):
        sketched(Bitmap(painted), Bitmap(BEFORE), transparency=transparency)
