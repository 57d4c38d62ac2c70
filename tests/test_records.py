from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from velatura.errors import RequestError
from velatura.records import (
    Hires,
    NoiseOptions,
    Picture,
    SamplingOptions,
    TextOptions,
    Txt2Img,
    Variation,
)


def test_a_request_needs_nothing_but_its_defaults():
    assert Txt2Img().steps == 20


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"steps": 0}, "steps: must be from 1 to 1000, got 0"),
        ({"steps": 10**6}, "steps: must be from 1 to 1000, got 1000000"),
        ({"steps": 2.5}, "steps: expected int, got float 2.5"),
        ({"steps": True}, "steps: expected int, got bool True"),
        ({"guidance_scale": float("nan")}, "guidance_scale: must be from 0.0 to 100.0, got nan"),
        ({"guidance_scale": float("inf")}, "guidance_scale"),
        ({"guidance_scale": "7"}, "guidance_scale: expected float, got str '7'"),
        ({"width": 100}, "width: must be a multiple of 8, got 100 (nearest: 96 or 104)"),
        ({"height": -8}, "height: must be from 0 to 16384, got -8"),
        ({"width": 10**9}, "width: must be from 0 to 16384"),
        ({"seed": -2}, "seed: must be from -1"),
        ({"seed": 2**64}, "seed"),
        ({"batch_size": 0}, "batch_size"),
        ({"clip_skip": 13}, "clip_skip"),
        ({"prompt": None}, "prompt: expected str, got NoneType None"),
        ({"tiling": 1}, "tiling: expected bool, got int 1"),
        ({"styles": ["a"]}, "styles: expected tuple, got list"),
        ({"variation": 3}, "variation: expected Variation or None, got int 3"),
        ({"kind": "img2img"}, "kind: 'img2img' is not one of 'txt2img'"),
    ],
)
def test_a_value_outside_its_limits_is_refused_with_the_name_of_the_field(changes, said):
    with pytest.raises(RequestError) as caught:
        Txt2Img(**changes)
    assert said in str(caught.value)
    assert caught.value.field == next(iter(changes))


@pytest.mark.parametrize(
    ("record", "changes"),
    [
        (Variation, {"strength": 1.01}),
        (Hires, {"scale": 0.5}),
        (Hires, {"strength": float("nan")}),
        (NoiseOptions, {"source": "TPU"}),
        (TextOptions, {"emphasis": "original"}),
        (SamplingOptions, {"eta": -0.1}),
        (SamplingOptions, {"beta_alpha": 0.0}),
        (SamplingOptions, {"unipc_variant": "bh3"}),
    ],
)
def test_nested_records_have_limits_too(record, changes):
    with pytest.raises(RequestError):
        record(**changes)


def test_a_changed_copy_is_checked_like_a_new_one():
    with pytest.raises(RequestError):
        replace(Txt2Img(), steps=0)


def test_whole_numbers_do_for_fractions():
    assert Txt2Img(guidance_scale=7).guidance_scale == 7


def test_an_option_may_be_left_to_its_default_with_none():
    assert SamplingOptions(eta=None).eta is None


@given(st.one_of(st.integers(), st.floats(), st.text(), st.booleans(), st.none(), st.binary()))
def test_any_value_in_any_field_is_taken_or_refused_but_never_crashes(value):
    for entry in fields(Txt2Img):
        field = None
        try:
            Txt2Img(**{entry.name: value})
        except RequestError as error:
            field = error.field
        assert field in (None, entry.name)


def test_the_id_of_a_picture_depends_on_pixels_and_shape_only():
    pixels = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    one = Picture(pixels=pixels, request=Txt2Img(seed=1))
    same = Picture(pixels=pixels.copy(), request=Txt2Img(seed=2))
    turned = Picture(pixels=pixels.reshape(4, 2, 3), request=Txt2Img(seed=1))
    assert one.id == same.id
    assert one.id != turned.id


def test_jupyter_shows_a_picture_as_png():
    picture = Picture(pixels=np.zeros((8, 8, 3), np.uint8), request=Txt2Img())
    assert picture._repr_png_().startswith(b"\x89PNG\r\n\x1a\n")


@pytest.mark.parametrize("field", ["steps", "seed", "guidance_scale"])
@pytest.mark.parametrize("value", [10**400, -(10**400)])
def test_a_number_that_no_float_holds_is_refused_like_any_other(field, value):
    with pytest.raises(RequestError, match=f"{field}: must be from"):
        Txt2Img(**{field: value})
