from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adjust import strategies
from velatura.adjust import ADJUSTMENTS, apply, check_adjustments
from velatura.adjust.levels import map_levels
from velatura.adjust.tones import ToneTables
from velatura.errors import RequestError
from velatura.records import (
    AutoLevels,
    BrightnessContrast,
    Crop,
    Curves,
    HueSaturation,
    Levels,
    Resize,
    Rotate,
    Sharpen,
)

IDENTITIES = [
    Levels(),
    Levels(clamp_input=False, clamp_output=False),
    Curves(points=((0, 0), (1, 1))),
    Curves(type="freehand", values=tuple(k / 255 for k in range(256))),
    BrightnessContrast(),
    HueSaturation(),
    HueSaturation(range="red", overlap=50),
    Rotate(degrees=0),
    Rotate(degrees=-360),
    Sharpen(amount=0),
]


@pytest.mark.parametrize("adjustment", IDENTITIES, ids=lambda adjustment: adjustment.kind)
@given(picture=strategies.any_picture)
def test_an_adjustment_that_asks_for_nothing_changes_nothing(adjustment, picture):
    assert np.array_equal(apply(picture, [adjustment]), picture)


@given(strategies.any_picture)
def test_an_empty_list_changes_nothing(picture):
    assert np.array_equal(apply(picture, []), picture)


@given(strategies.any_picture)
def test_a_crop_or_resize_to_the_same_size_changes_nothing(picture):
    height, width = picture.shape[:2]
    whole = [Crop(width=width, height=height), Resize(width=width), Resize(height=height)]
    assert np.array_equal(apply(picture, whole), picture)


@given(picture=strategies.any_picture, adjustments=st.lists(strategies.adjustments, max_size=5))
def test_a_list_is_its_adjustments_one_after_another(picture, adjustments):
    one_by_one = picture
    try:
        for adjustment in adjustments:
            one_by_one = apply(one_by_one, [adjustment])
    except RequestError:
        with pytest.raises(RequestError, match=r"^adjustments\[\d\]\."):
            apply(picture, adjustments)
        return
    assert np.array_equal(apply(picture, adjustments), one_by_one)
    height, width = one_by_one.shape[:2]
    assert check_adjustments(adjustments, picture.shape) == (width, height)
    assert one_by_one.dtype == picture.dtype
    assert one_by_one.shape[2] == picture.shape[2]


@given(picture=strategies.any_picture, adjustment=strategies.adjustments)
def test_the_input_is_never_written_to(picture, adjustment):
    before = picture.copy()
    picture.flags.writeable = False
    try:
        apply(picture, [adjustment])
    except RequestError:
        assert adjustment.kind == "crop"
    assert np.array_equal(picture, before)


@given(picture=strategies.pictures(channels=(4,)), adjustment=strategies.tones)
def test_tones_leave_alpha_alone(picture, adjustment):
    assert np.array_equal(apply(picture, [adjustment])[..., 3], picture[..., 3])


@given(picture=strategies.pictures(channels=(4,)))
def test_alpha_has_levels_and_curves_of_its_own(picture):
    half = [
        Levels(channel="alpha", high_output=0.5),
        Curves(channel="alpha", points=((0, 0), (1, 1))),
    ]
    after = apply(picture, half)
    assert np.array_equal(after[..., :3], picture[..., :3])
    assert np.abs(after[..., 3] - picture[..., 3] / 2).max() <= 0.5


def test_channels_of_their_own_share_one_look_up():
    picture = np.arange(256, dtype=np.uint8).reshape(16, 16, 1).repeat(3, axis=2)
    after = apply(
        picture, [Levels(channel="red", low_output=1, high_output=0), Levels(high_output=0.5)]
    )
    assert after[0, 0].tolist() == [128, 0, 0]
    assert after[-1, -1].tolist() == [0, 128, 128]


@given(picture=strategies.pictures(), adjustment=strategies.tones)
def test_sixteen_bits_agree_with_eight_but_for_their_rounding(picture, adjustment):
    shallow = apply(picture, [adjustment]).astype(float)
    deep = apply(picture.astype(np.uint16) * 257, [adjustment]) / 257
    assert np.abs(deep - shallow).max() <= 0.502


def test_tables_start_as_identity_and_are_used_as_they_are():
    picture = np.zeros((2, 2, 3), np.uint8)
    tables = ToneTables.for_pixels(picture)
    assert tables.apply(picture) is picture
    inverted = tables.then(
        (1,), lambda tones: map_levels(Levels(low_output=1, high_output=0), tones)
    )
    assert inverted.apply(picture)[0, 0].tolist() == [0, 255, 0]


@pytest.mark.parametrize(
    ("shape", "adjustments", "message"),
    [
        ((4, 6, 3), [Crop(width=7, height=1)], r"\[0\]\.width: .* ends at 7, but .* 6x4 pixels"),
        ((4, 6, 3), [Crop(top=3, width=1, height=2)], r"\[0\]\.height: .* ends at 5, .* 6x4"),
        (
            (4, 6, 3),
            [Resize(width=3), Levels(), Crop(left=2, width=2, height=2)],
            r"\[2\]\.width: .* 3x2 pixels",
        ),
        ((4, 6, 3), [Rotate(degrees=90), Crop(width=6, height=1)], r"\[1\]\.width: .* 4x6 pixels"),
        ((4, 6, 1), [Levels(channel="red")], r"\[0\]\.channel: .* greyscale"),
        ((4, 6, 1), [HueSaturation(hue=9)], r"\[0\]\.kind: hue_saturation needs a colour"),
        ((4, 6, 3), [Levels(channel="alpha")], r"\[0\]\.channel: the picture has no alpha"),
        ((9, 9, 3), [Resize(width=32768, height=32768)], r"\[0\]\.width: .* 32768x32768 pixels"),
        ((1, 9, 3), [Resize(height=30000)], r"\[0\]\.width: .* 270000x30000 pixels"),
        ((1, 30000, 3), [Rotate(degrees=45, fit="expand")], r"\[0\]\.degrees: the picture would"),
    ],
)
def test_what_a_picture_cannot_have_is_refused_by_position(shape, adjustments, message):
    with pytest.raises(RequestError, match="^adjustments" + message) as caught:
        apply(np.zeros(shape, np.uint8), adjustments)
    assert caught.value.field.startswith("adjustments[")


def test_nothing_is_done_before_everything_is_known_to_fit(monkeypatch):
    def never(*_):
        raise AssertionError

    monkeypatch.setattr("velatura.adjust.tones.cv2.LUT", never)
    with pytest.raises(RequestError, match=r"adjustments\[1\]"):
        apply(np.zeros((2, 2, 3), np.uint8), [Levels(gamma=2.0), Crop(width=3, height=1)])


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((2, 2, 3), np.float32),
        np.zeros((2, 2, 2), np.uint8),
        np.zeros((0, 2, 3), np.uint8),
        np.zeros(3, np.uint8),
    ],
)
def test_an_array_that_is_no_picture_is_refused(pixels):
    with pytest.raises(RequestError, match="image"):
        apply(pixels, [])


@pytest.mark.parametrize("width", [1, 30000])
def test_extreme_shapes_go_through_every_kind(width):
    picture = np.linspace(0, 255, width * 3, dtype=np.uint8).reshape(1, width, 3)
    each = [
        Levels(gamma=2.0),
        AutoLevels(),
        Curves(points=((0, 0), (0.5, 0.2), (1, 1))),
        BrightnessContrast(contrast=1.0),
        HueSaturation(hue=90, overlap=100, range="cyan"),
        Sharpen(radius=100.0),
        Rotate(degrees=45.0),
        Resize(width=3, height=2),
        Crop(width=1, height=1),
    ]
    assert {adjustment.kind for adjustment in each} == set(ADJUSTMENTS)
    assert apply(picture, each).shape == (1, 1, 3)


def test_views_of_other_arrays_are_taken_as_they_look():
    whole = np.arange(4 * 6 * 4, dtype=np.uint8).reshape(4, 6, 4)
    view = whole[::-1, ::2, 2::-1]
    inverted = [Levels(low_output=1, high_output=0)]
    assert np.array_equal(apply(view, inverted), 255 - view)
