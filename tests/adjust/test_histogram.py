from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adjust import scalar, strategies
from velatura.adjust import apply, count_tones, find_levels
from velatura.adjust.histogram import LUMINANCE
from velatura.errors import RequestError
from velatura.records import AutoLevels, Levels


def counted(values):
    return {tone: int(count) for tone, count in enumerate(values) if count}


def test_each_channel_is_counted_by_itself():
    picture = np.array([[[1, 2, 3], [1, 5, 3]]], np.uint8)
    assert counted(count_tones(picture, "red")) == {1: 2}
    assert counted(count_tones(picture, "green")) == {2: 1, 5: 1}
    assert counted(count_tones(picture, "value")) == {3: 1, 5: 1}


def test_luminance_weighs_the_colours():
    picture = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [9, 9, 9]]], np.uint8)
    tones = [round(weight * 255) for weight in LUMINANCE]
    assert counted(count_tones(picture, "luminance")) == dict.fromkeys((*tones, 9), 1)


def test_grey_has_a_value_and_a_luminance_and_no_red():
    grey = np.array([[[7], [8]]], np.uint8)
    assert counted(count_tones(grey, "value")) == counted(count_tones(grey, "luminance"))
    with pytest.raises(RequestError, match="greyscale"):
        count_tones(grey, "red")


def test_transparent_pixels_count_as_little_as_they_are_seen():
    picture = np.array([[[10, 0, 0, 255], [10, 0, 0, 0], [20, 0, 0, 51]]], np.uint8)
    assert counted(count_tones(picture, "red")) == {10: 255, 20: 51}
    assert counted(count_tones(picture, "alpha")) == {0: 1, 51: 1, 255: 1}


def test_deep_pictures_are_counted_in_1024_bins():
    picture = np.array([[[0], [65535], [32], [33]]], np.uint16)
    counts = count_tones(picture, "value")
    assert counts.shape == (1024,)
    assert counted(counts) == {0: 2, 1: 1, 1023: 1}


def test_large_pictures_are_counted_whole():
    picture = np.tile(np.arange(250, dtype=np.uint8), (5000, 1))[..., None]
    assert set(count_tones(picture, "value")[:250]) == {5000}


@given(strategies.pictures(channels=(1, 3, 4)))
def test_nothing_is_lost_or_counted_twice(picture):
    whole = picture[..., 3].sum() if picture.shape[2] == 4 else picture[..., 0].size
    assert count_tones(picture, "value").sum() == whole


@given(counts=st.lists(st.integers(0, 400), min_size=256, max_size=256))
def test_auto_levels_cut_where_the_rule_says(counts):
    values = np.repeat(np.arange(256, dtype=np.uint8), counts)
    if not len(values):
        return
    (found,) = find_levels(values.reshape(1, -1, 1))
    assert (found.low_input, found.high_input) == scalar.auto_levels(counts)


def test_auto_levels_stretch_a_dull_picture_to_its_ends():
    dull = np.linspace(80, 160, 3000).astype(np.uint8).reshape(30, 100, 1).repeat(3, axis=2)
    made = apply(dull, [AutoLevels()])
    assert (made.min(), made.max()) == (0, 255)
    assert 0.003 < np.mean(made[..., 0] == 0) < 0.03


def test_auto_levels_are_levels_that_can_be_shown():
    picture = np.random.default_rng(2).integers(40, 200, (20, 20, 3)).astype(np.uint8)
    levels = find_levels(picture)
    assert [each.channel for each in levels] == ["red", "green", "blue"]
    assert np.array_equal(apply(picture, levels), apply(picture, [AutoLevels()]))


def test_a_picture_of_one_colour_becomes_black_as_in_gimp_and_a_hidden_one_stays():
    flat = np.full((4, 4, 3), 90, np.uint8)
    ends = {"low_input": 90 / 255, "high_input": 90 / 255}
    assert find_levels(flat)[0] == Levels(channel="red", **ends)
    assert not apply(flat, [AutoLevels()]).any()
    hidden = np.dstack([flat, np.zeros((4, 4), np.uint8)])
    assert np.array_equal(apply(hidden, [AutoLevels()]), hidden)
