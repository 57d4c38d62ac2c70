from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from velatura.masking import Region, blurred_mask, masked_region, widened

FIXTURES = Path(__file__).parents[2] / "fixtures" / "masking" / "regions.json"


def white(size, left, top, right, bottom):
    mask = np.zeros((size[1], size[0]), np.uint8)
    mask[top:bottom, left:right] = 255
    return mask


def sides(region):
    return [region.left, region.top, region.right, region.bottom]


def test_every_recorded_region_is_found(golden):
    cases = json.loads((golden / "unit" / "crop_regions.json").read_text())
    assert len(cases) > 50
    for case in cases:
        region = masked_region(white(case["image"], *case["rect"]), case["pad"])
        assert sides(region) == case["crop"]
        assert sides(widened(region, case["processing"], case["image"])) == case["expanded"]


@pytest.mark.parametrize("case", json.loads(FIXTURES.read_text("utf-8"))["cases"])
def test_the_cases_shared_with_the_studio_hold(case):
    mask = np.zeros(case["size"][::-1], np.uint8)
    for left, top, right, bottom, value in case["rects"]:
        mask[top:bottom, left:right] = value
    shown = 255 - mask if case["invert"] else mask
    region = masked_region(blurred_mask(shown, case["blur"], case["blur"]), case["padding"])
    assert (region and sides(region)) == case["region"]
    if region is not None:
        assert sides(widened(region, case["painted"], case["size"])) == case["widened"]


def test_a_black_mask_has_no_region():
    assert masked_region(np.zeros((8, 8), np.uint8), 32) is None


def test_a_single_pixel_has_one():
    region = masked_region(white((20, 10), 7, 3, 8, 4), 2)
    assert sides(region) == [5, 1, 10, 6]


def test_the_region_grows_to_the_other_side_at_an_edge():
    region = widened(Region(left=0, top=0, right=10, bottom=20), (64, 64), (100, 100))
    assert sides(region) == [0, 0, 20, 20]


@given(st.data())
def test_a_widened_region_holds_the_first_and_stays_in_the_picture(data):
    size = data.draw(st.tuples(st.integers(1, 200), st.integers(1, 200)))
    left, right = sorted(data.draw(st.tuples(*[st.integers(0, size[0])] * 2)))
    top, bottom = sorted(data.draw(st.tuples(*[st.integers(0, size[1])] * 2)))
    region = masked_region(
        white(size, left, top, right + 1, bottom + 1), data.draw(st.integers(0, 9))
    )
    if region is None:
        return
    painted = data.draw(st.tuples(*[st.integers(1, 128).map(lambda n: n * 8)] * 2))
    grown = widened(region, painted, size)
    assert grown.left <= region.left
    assert grown.top <= region.top
    assert region.right <= grown.right <= size[0]
    assert region.bottom <= grown.bottom <= size[1]
    assert grown.left >= 0
    assert grown.top >= 0
