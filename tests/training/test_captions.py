"""Captions say what the scene shows, and leave parts out now and then."""

import random

from training.captions import STYLES, Scene, caption, with_article
from training.scenes import Background

APPLE = Scene(
    style="3d",
    subject="apple",
    colour="green",
    must_say_colour=True,
    background=Background("plain", "blue"),
)


def captions_of(scene: Scene, count: int = 400) -> list[str]:
    rng = random.Random(7)
    return [caption(scene, rng) for _ in range(count)]


def test_a_colour_that_must_be_said_is_always_said():
    assert all("green apple" in words for words in captions_of(APPLE))


def test_the_style_is_said_mostly_and_left_out_sometimes():
    said = [any(name in words for name in STYLES["3d"]) for words in captions_of(APPLE)]
    assert 0.85 < sum(said) / len(said) < 0.99


def test_the_background_is_said_mostly_and_left_out_sometimes():
    said = ["blue background" in words for words in captions_of(APPLE)]
    assert 0.8 < sum(said) / len(said) < 0.95


def test_a_photograph_has_no_background_to_speak_of():
    scene = Scene(style="photo", subject="dog")
    assert not any("background" in words for words in captions_of(scene))


def test_a_variant_says_the_style_less_often():
    rng = random.Random(7)
    said = ["3d" in caption(APPLE, rng, unnamed_style=0.5) for _ in range(400)]
    assert 0.35 < sum(said) / len(said) < 0.6


def test_a_second_thing_is_always_named():
    scene = Scene(style="3d", subject="cat", beside="a red apple")
    assert all("cat and a red apple" in words for words in captions_of(scene))


def test_the_same_seed_says_the_same():
    assert captions_of(APPLE) == captions_of(APPLE)


def test_articles():
    assert with_article("apple") == "an apple"
    assert with_article("bus") == "a bus"
    assert with_article("woman with red hair") == "a woman with red hair"
