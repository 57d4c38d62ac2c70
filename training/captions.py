"""Captions: what a picture shows, said in many ways.

A caption is made of a subject ("a red apple"), a style ("3d render of"), a background ("on a blue
background") and words that mean nothing for the picture ("sharp focus"); each may be left out, so
that the model learns what each of them does alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from training.scenes import BLURRED, SETTING, Background

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping

STYLES: Mapping[str, tuple[str, ...]] = {
    "3d": ("3d render", "3d render", "3d render", "3d rendering"),
    "flat": ("flat vector", "flat vector", "flat vector art"),
    "noto": ("cartoon", "cartoon", "cartoon", "cartoon drawing"),
    "twemoji": ("flat illustration", "flat illustration", "simple flat illustration"),
    "line": ("line art", "line art", "line drawing"),
    "photo": ("photo", "photo", "photograph"),
}
DISTRACTORS = (
    "highly detailed", "sharp focus", "masterpiece", "best quality", "8k", "4k", "intricate",
    "trending on artstation", "award winning", "professional", "beautiful", "smooth",
    "studio lighting", "soft light", "elegant", "by a famous artist", "by john smith",
    "cinematic", "high resolution", "amazing", "centered", "simple", "cute", "detailed",
    "digital art", "art by maria", "very detailed", "realistic lighting", "hd", "crisp",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a composed picture shows. Everything that a caption can say."""

    style: str
    subject: str  # without its colour where ``colour`` is not empty
    colour: str = ""
    must_say_colour: bool = False
    detail: str = ""
    portrait: bool = False
    beside: str = ""  # a second thing, with its article
    background: Background | None = None  # None for a photograph


def with_article(words: str) -> str:
    """Return the words behind their article.

    >>> with_article("orange car"), with_article("scissors")
    ('an orange car', 'scissors')
    """
    if words.split(" with ")[0].endswith(("s", "bread", "fire")) and not words.endswith("bus"):
        return words
    return ("an " if words[0] in "aeiou" else "a ") + words


def say_subject(scene: Scene, rng: random.Random) -> str:
    """Say what is shown, with its colour where that is needed or sometimes."""
    words = scene.subject
    if scene.colour and (scene.must_say_colour or rng.random() < 0.5):
        words = f"{scene.colour} {words}"
    if scene.detail and rng.random() < 0.8:
        words = (
            f"{words} and {scene.detail}" if " with " in words else f"{words} with {scene.detail}"
        )
    words = with_article(words) if rng.random() < 0.9 else words
    if scene.portrait and rng.random() < 0.8:
        words = f"{rng.choice(('portrait', 'portrait', 'closeup portrait', 'face'))} of {words}"
    return f"{words} and {scene.beside}" if scene.beside else words


def say_background(background: Background, rng: random.Random) -> str:
    """Say what is behind; white, or the blur behind a photographed thing, mostly goes without."""
    if background.kind == BLURRED:
        return rng.choice(("", "", ", blurred background"))
    if rng.random() < (0.6 if background.word == "white" else 0.12):
        return ""
    if background.kind == SETTING:
        return f" {background.word}"
    form = rng.choice((" on a {} background", " on a {} background", ", {} background"))
    return form.format(background.word)


def say_style(words: str, style: str, rng: random.Random) -> str:
    """Put the style before or behind the words, or, rarely, leave it out."""
    name = rng.choice(STYLES[style])
    form = rng.choices(("{0} of {1}", "{1}, {0}", "{0}, {1}", "{1}"), (66, 20, 10, 4))[0]
    return form.format(name, words)


def caption(scene: Scene, rng: random.Random, unnamed_style: float = 0.0) -> str:
    """Say one of the many captions of a scene.

    Args:
        scene: What is shown.
        rng: Draws the words.
        unnamed_style: Share of the captions, beside the usual few, that say nothing of the style.
    """
    words = say_subject(scene, rng)
    if scene.background is not None:
        words += say_background(scene.background, rng)
    if rng.random() >= unnamed_style:
        words = say_style(words, scene.style, rng)
    if rng.random() < 0.25:
        words = ", ".join([words, *rng.sample(DISTRACTORS, rng.randint(1, 4))])
    return words
