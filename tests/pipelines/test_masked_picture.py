from __future__ import annotations

import numpy as np
import pytest

from velatura.masking import blurred_mask, rectangle_mask, resized_mask, strengthened_mask
from velatura.pipelines.masked_picture import prepared, request_mask
from velatura.records import Bitmap, Inpaint

PICTURE = Bitmap(np.full((96, 160, 3), 90, np.uint8))
MASK = rectangle_mask((256, 192), (60, 40, 90, 70))


def inpaint(**changes):
    settings = {"image": PICTURE, "mask": MASK, "mask_blur": 4.0, "width": 128, "height": 128}
    return Inpaint(**{**settings, **changes})


@pytest.mark.parametrize("mode", ["stretch", "crop", "fill"])
def test_a_mask_of_another_size_is_blurred_in_its_own_and_resized_as_the_picture_is(mode):
    request = inpaint(resize_mode=mode)
    masked = prepared(request, request_mask(request)[0])
    expected = resized_mask(blurred_mask(MASK.array[..., 0], 4.0, 4.0), mode, 128, 128)
    np.testing.assert_array_equal(masked.mask, expected)
    np.testing.assert_array_equal(masked.overlay.mask, strengthened_mask(expected))


def test_a_masked_area_is_cut_out_of_a_mask_that_was_stretched_to_the_picture():
    request = inpaint(area="masked", padding=0, mask_blur=0.0)
    region = prepared(request, request_mask(request)[0]).overlay.region
    assert region is not None
    middle = region.left + region.width / 2, region.top + region.height / 2
    assert middle == pytest.approx(((60 + 45) * 160 / 256, (40 + 35) * 96 / 192), abs=2)
