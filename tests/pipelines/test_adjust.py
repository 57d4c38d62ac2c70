from __future__ import annotations

import numpy as np
import pytest

from velatura.adjust import apply
from velatura.errors import RequestError
from velatura.metadata import encode_picture, read_story
from velatura.metadata.request_json import request_from_json, request_to_json
from velatura.pipelines.adjust import adjust
from velatura.records import Adjust, Bitmap, Crop, Curves, Levels, Rotate

PIXELS = np.arange(6 * 8 * 3, dtype=np.uint8).reshape(6, 8, 3)
STEPS = (
    Levels(gamma=2.0),
    Curves(points=((0.0, 0.0), (0.5, 0.6, "corner"), (1.0, 1.0))),
    Rotate(degrees=90.0),
)


def test_the_picture_is_the_adjusted_one_and_remembers_its_profile_and_parent():
    image = Bitmap(PIXELS, profile=b"profile")
    (picture,) = adjust(Adjust(image=image, adjustments=STEPS))
    assert np.array_equal(picture.pixels, apply(PIXELS, STEPS))
    assert picture.profile == b"profile"
    assert picture.parents == (image.id,)


def test_what_does_not_suit_is_refused_before_the_first_picture_is_asked_for():
    request = Adjust(image=Bitmap(PIXELS), adjustments=(Crop(width=9, height=1),))
    with pytest.raises(RequestError, match=r"adjustments\[0\]\.width: .* 8x6 pixels"):
        adjust(request)


def test_a_request_comes_back_from_json_with_every_adjustment():
    image = Bitmap(PIXELS)
    request = Adjust(image=image, adjustments=STEPS)
    assert request_from_json(request_to_json(request), {image.id: image}) == request


def test_a_file_remembers_what_was_done():
    (picture,) = adjust(Adjust(image=Bitmap(PIXELS), adjustments=STEPS))
    told = read_story(encode_picture(picture).data).request
    assert told == picture.request
    (again,) = adjust(told)
    assert np.array_equal(again.pixels, picture.pixels)


@pytest.mark.parametrize("adjustments", [({"kind": "levels"},), (None,), ("levels",)])
def test_only_adjustments_can_be_asked_for(adjustments):
    with pytest.raises(RequestError, match=r"adjustments\[0\]: .* is no adjustment"):
        Adjust(image=Bitmap(PIXELS), adjustments=adjustments)
