from __future__ import annotations

import colorsys

import numpy as np
import pytest
from hypothesis import given

from tests.adjust import scalar, strategies
from velatura.adjust import apply
from velatura.records import HueSaturation

WHEEL = [[255, 0, 0], [255, 255, 0], [0, 255, 0], [0, 255, 255], [0, 0, 255], [255, 0, 255]]


def recoloured(colours, **parameters):
    return apply(np.array([colours], np.uint8), [HueSaturation(**parameters)])[0].tolist()


@given(picture=strategies.pictures(), adjustment=strategies.hues)
def test_every_colour_equals_the_scalar_formula(picture, adjustment):
    made = apply(picture, [adjustment])
    count = picture.shape[2]
    for before, after in zip(picture.reshape(-1, count), made.reshape(-1, count), strict=True):
        assert after[:3].tolist() == scalar.hue_saturation(adjustment, before[:3].tolist())
        assert after[3:].tolist() == before[3:].tolist()


@given(strategies.pictures(channels=(3,)))
def test_the_colour_model_is_the_usual_one(picture):
    made = apply(picture, [HueSaturation(hue=90, saturation=-25)])
    for before, after in zip(picture.reshape(-1, 3) / 255, made.reshape(-1, 3), strict=True):
        hue, light, strength = colorsys.rgb_to_hls(*before)
        wanted = colorsys.hls_to_rgb(hue + 0.25, light, strength * 0.75)
        assert np.abs(np.array(wanted) * 255 - after).max() <= 0.501


def test_a_sixth_of_a_turn_moves_every_colour_to_its_neighbour():
    assert recoloured(WHEEL, hue=60) == [*WHEEL[1:], WHEEL[0]]
    assert recoloured(WHEEL, hue=-60) == [WHEEL[-1], *WHEEL[:-1]]


def test_without_saturation_only_lightness_is_left():
    assert recoloured([*WHEEL, [40, 80, 120]], saturation=-100) == (
        [[128, 128, 128]] * 6 + [[80, 80, 80]]
    )


@pytest.mark.parametrize("index", range(6))
def test_a_range_acts_on_its_own_colour_only(index):
    name = scalar.WHEEL[index]
    made = recoloured(WHEEL, range=name, hue=60, lightness=-100)
    changed = [number for number in range(6) if made[number] != WHEEL[number]]
    assert changed == [index]


def test_greys_keep_their_hue_and_are_lightened_as_reds():
    greys = [[0, 0, 0], [100, 100, 100], [255, 255, 255]]
    assert recoloured(greys, hue=77, saturation=80) == greys
    assert recoloured(greys, range="cyan", lightness=50) == greys
    assert recoloured(greys, range="red", lightness=50) == [[64] * 3, [139] * 3, [255] * 3]


def test_with_overlap_a_range_fades_into_its_neighbour():
    shades = [[255, green, 0] for green in range(0, 256, 15)]  # from red to yellow
    sharp = recoloured(shades, range="red", lightness=-100)
    soft = recoloured(shades, range="red", lightness=-100, overlap=100)
    assert {red for red, _, _ in sharp} == {128, 255}
    reds = [red for red, _, _ in soft]
    assert reds == sorted(reds)
    assert len(set(reds)) > 10


def test_sixteen_bits_take_part_in_full():
    picture = np.array([[[1000, 40000, 65535]]], np.uint16)
    made = apply(picture, [HueSaturation(hue=180)])
    assert made.ravel().tolist() == [65535, 26535, 1000]
