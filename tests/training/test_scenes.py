"""Composition: sizes, places, colours."""

import random

import numpy as np
import pytest
from PIL import Image, ImageDraw

from training.colours import TINTS, colour_of, dominant_hue, tint
from training.filters import as_photographed, line_art
from training.scenes import (
    Background,
    Place,
    crop_scene,
    draw_background,
    draw_place,
    draw_portrait_place,
    draw_two_places,
    paint_background,
    paste,
)


def disc(colour: tuple[int, int, int]) -> Image.Image:
    picture = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    ImageDraw.Draw(picture).ellipse((2, 2, 61, 61), fill=(*colour, 255))
    return picture


@pytest.mark.parametrize("size", [(128, 128), (128, 208)])
def test_a_background_fills_the_size(size: tuple[int, int]):
    rng = random.Random(1)
    for _ in range(40):
        assert paint_background(draw_background(rng), size, rng).size == size


def test_a_plain_red_background_is_red():
    rng = random.Random(1)
    pixels = np.asarray(paint_background(Background("plain", "red"), (16, 16), rng))
    red, green, blue = pixels.reshape(-1, 3).mean(0)
    assert red > 180
    assert max(green, blue) < 80


def test_the_cutout_stands_where_it_was_put():
    canvas = Image.new("RGB", (128, 128), "white")
    pixels = np.asarray(paste(canvas, disc((255, 0, 0)), Place(0.5, 0.5, 0.5)))
    rows, columns = np.nonzero((pixels != 255).any(axis=2))
    assert abs(rows.mean() - 63.5) < 1
    assert abs(columns.max() - columns.min() - 60) <= 4


def test_an_object_stays_inside_the_picture_and_a_portrait_reaches_the_lower_edge():
    rng = random.Random(3)
    for size in ((128, 128), (128, 208)):
        for _ in range(50):
            place = draw_place(size, rng)
            assert place.x - place.scale / 2 > -0.02
            portrait = draw_portrait_place(size, rng)
            assert portrait.y + portrait.scale / 2 >= size[1] / size[0]


def test_a_window_of_a_photograph_has_the_wanted_size():
    scene = Image.new("RGB", (300, 224))
    assert crop_scene(scene, (128, 208), random.Random(1)).size == (128, 208)


@pytest.mark.parametrize("word", sorted(TINTS))
def test_a_tinted_disc_has_the_hue_of_the_word(word: str):
    tinted = tint(disc((210, 40, 40)), word)
    hsv = np.asarray(tinted.convert("RGB").convert("HSV"))
    distance = (dominant_hue(hsv, np.asarray(tinted.getchannel("A"))) - TINTS[word][0]) % 256
    assert min(distance, 256 - distance) <= 10


def test_a_tint_leaves_other_hues_alone():
    picture = disc((210, 40, 40))
    ImageDraw.Draw(picture).rectangle((28, 28, 36, 36), fill=(40, 160, 40, 255))
    assert tint(picture, "blue").getpixel((32, 32)) == pytest.approx((40, 160, 40, 255), abs=3)


@pytest.mark.parametrize("word", TINTS)
def test_a_tinted_disc_has_the_colour_asked_for(word: str):
    assert colour_of(tint(disc((215, 35, 40)), word)) == word


def test_grey_and_motley_things_have_no_colour_word():
    assert colour_of(disc((128, 128, 128))) == ""
    motley = disc((215, 35, 40))
    motley.paste(disc((40, 90, 200)).crop((32, 0, 64, 64)), (32, 0))
    motley.paste(disc((50, 150, 70)).crop((0, 32, 64, 64)), (0, 32))
    assert colour_of(motley) in {"", "green"}


def test_line_art_is_an_outline_without_colour():
    drawn = np.asarray(line_art(disc((215, 35, 40))))
    assert drawn.shape == (64, 64, 4)
    assert (drawn[..., 0] == drawn[..., 1]).all()
    assert drawn[32, 32, 0] > 240
    assert drawn[..., 0][drawn[..., 3] > 128].min() < 80


def test_what_is_photographed_is_paler_and_keeps_its_size():
    before = disc((215, 35, 40))
    after = as_photographed(before)
    assert after.size == before.size
    red, green, _, _ = np.asarray(after)[32, 32].astype(int)
    assert 0 < red - green < 180


def test_two_things_stand_side_by_side():
    first, second = draw_two_places((128, 128), random.Random(1))
    assert first.x + first.scale / 2 <= second.x - second.scale / 2
