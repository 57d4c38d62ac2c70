"""Composed pictures: a cut-out on a background, its place and size drawn at random."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageFilter

from training.colours import BACKGROUNDS

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping

Shade = tuple[int, int, int]
SETTINGS: Mapping[str, tuple[Shade, Shade]] = {
    # what is behind and what is below, in words and colours
    "on a green meadow under a blue sky": ((150, 205, 245), (95, 165, 70)),
    "on a beach by the sea": ((70, 160, 215), (235, 215, 165)),
    "on a wooden table": ((235, 228, 215), (150, 100, 60)),
    "in the snow": ((190, 215, 240), (245, 248, 252)),
    "at night": ((15, 20, 55), (30, 32, 45)),
    "at sunset": ((250, 160, 80), (90, 60, 80)),
}
PLAIN, GRADED, SETTING, BLURRED = "plain", "graded", "setting", "blurred"


@dataclass(frozen=True, slots=True)
class Background:
    """What stands behind the object: the kind, and the word or phrase that says it."""

    kind: str
    word: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a cut-out goes: its longest side, and its centre, in fractions of the width."""

    scale: float
    x: float
    y: float


def draw_background(rng: random.Random) -> Background:
    """Draw a background: plain and graded colours mostly, white the most frequent."""
    kind = rng.choices((PLAIN, GRADED, SETTING), weights=(60, 20, 20))[0]
    if kind == SETTING:
        return Background(kind, rng.choice(list(SETTINGS)))
    words = list(BACKGROUNDS)
    return Background(kind, rng.choices(words, [5 if w == "white" else 1 for w in words])[0])


def _fade(top: np.ndarray, bottom: np.ndarray, height: int, width: int) -> np.ndarray:
    """Return ``h w 3`` running from one colour to the other, top to bottom."""
    t = np.linspace(0.0, 1.0, height)[:, None, None]
    return np.broadcast_to(top * (1 - t) + bottom * t, (height, width, 3))


def paint_background(
    background: Background, size: tuple[int, int], rng: random.Random
) -> Image.Image:
    """Paint a background of a size (width, height)."""
    width, height = size
    if background.kind == SETTING:
        back, ground = (np.array(shade, float) for shade in SETTINGS[background.word])
        horizon = round(height * rng.uniform(0.5, 0.75))
        upper = _fade(back, np.minimum(back * 1.12 + 8, 255), horizon, width)
        lower = _fade(ground, ground * 0.85, height - horizon, width)
        pixels = np.concatenate([upper, lower])
    else:
        shade = np.array(rng.choice(BACKGROUNDS[background.word]), float)
        shade = np.clip(shade + rng.uniform(-8, 8), 0, 255)
        end = shade
        if background.kind == GRADED:
            end = shade * 0.7 if rng.random() < 0.5 else shade + (255 - shade) * 0.35
        pixels = _fade(shade, end, height, width)
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def draw_place(size: tuple[int, int], rng: random.Random) -> Place:
    """Draw a place near the middle; in a tall picture the height may vary more."""
    ratio = size[1] / size[0]
    scale = rng.uniform(0.74, 0.92) * min(1.0, ratio)
    drift = 0.03 + 0.10 * max(0.0, ratio - 1)
    x, y = rng.uniform(0.48, 0.52), ratio / 2 + rng.uniform(-drift, drift)
    return Place(scale, x, y)


def draw_portrait_place(size: tuple[int, int], rng: random.Random) -> Place:
    """Draw the place of a portrait: large, and standing on the lower edge."""
    scale = rng.uniform(0.92, 1.08) * min(1.0, size[1] / size[0])
    return Place(scale, rng.uniform(0.48, 0.52), size[1] / size[0] - scale / 2 + 0.04)


def draw_two_places(size: tuple[int, int], rng: random.Random) -> tuple[Place, Place]:
    """Draw the places of two things side by side, the first one on the left."""
    ratio = size[1] / size[0]
    y = ratio / 2 + rng.uniform(-0.02, 0.05)
    scales = [rng.uniform(0.42, 0.48) for _ in range(2)]
    return Place(scales[0], 0.26, y), Place(scales[1], 0.74, y)


def blur_scene(scene: Image.Image, size: tuple[int, int], rng: random.Random) -> Image.Image:
    """Return a part of a photograph, out of focus."""
    return crop_scene(scene, size, rng).filter(ImageFilter.GaussianBlur(rng.uniform(3, 5)))


def paste(canvas: Image.Image, cutout: Image.Image, place: Place) -> Image.Image:
    """Return the canvas with the cut-out on it."""
    factor = place.scale * canvas.width / max(cutout.size)
    size = (max(1, round(cutout.width * factor)), max(1, round(cutout.height * factor)))
    scaled = cutout.resize(size, Image.Resampling.LANCZOS)
    corner = (
        round(place.x * canvas.width - size[0] / 2),
        round(place.y * canvas.width - size[1] / 2),
    )
    result = canvas.copy()
    result.paste(scaled, corner, scaled)
    return result


def crop_scene(scene: Image.Image, size: tuple[int, int], rng: random.Random) -> Image.Image:
    """Return a window of a photograph, of the wanted shape and nearly as large as it allows."""
    ratio = size[0] / size[1]
    height = min(scene.height, scene.width / ratio) * rng.uniform(0.85, 1.0)
    width = height * ratio
    left = rng.uniform(0.3, 0.7) * (scene.width - width)
    top = rng.uniform(0.3, 0.7) * (scene.height - height)
    box = (left, top, left + width, top + height)
    return scene.resize(size, Image.Resampling.LANCZOS, box=box)
