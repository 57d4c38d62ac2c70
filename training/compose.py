"""Stage 4: compose the pictures that the denoiser learns from, and note what each one shows.

Gives ``composed/<shape>.npy`` (``n h w 3``, uint8) and ``composed/<shape>.json`` (a scene for
each). Captions are drawn later, again and again, from the scene.
Can run while the autoencoder trains.
"""

from __future__ import annotations

import json
import random
from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np
from PIL import ImageOps

from training.captions import Scene
from training.colours import TINTS, tint
from training.recipe import Bench, Concept, open_bench, stage_parser
from training.scenes import (
    Background,
    crop_scene,
    draw_background,
    draw_place,
    draw_portrait_place,
    paint_background,
    paste,
)
from training.sprites import Sprite, open_sprite, read_index

if TYPE_CHECKING:
    from pathlib import Path

    from PIL import Image


def sprite_weights(bench: Bench, sprites: list[Sprite]) -> list[float]:
    """Return how often to draw each picture: by concept and style, shared among its details."""
    concepts = {c.name: c.weight for c in bench.recipe.concepts}
    photos = {p.name: p.weight for p in bench.recipe.photographs}
    weights: list[float] = []
    for sprite in sprites:
        alike = sum(1 for s in sprites if (s.concept, s.style) == (sprite.concept, sprite.style))
        named = photos if sprite.style == "photo" else concepts
        style = bench.recipe.compose.style_weights[sprite.style]
        share = alike**0.5 if sprite.style == "photo" else alike
        weights.append(style * named[sprite.concept] / share)
    return weights


def describe(sprite: Sprite, concept: Concept, rng: random.Random, bench: Bench) -> Scene:
    """Decide what the picture of a cut-out will show."""
    recipe = bench.recipe.compose
    tinted = concept.tint and rng.random() < recipe.tint
    named_colour = concept.name.split()[0] == concept.colour
    subject = concept.noun or concept.name
    if named_colour and not concept.noun:
        subject = concept.name.removeprefix(f"{concept.colour} ")
    return Scene(
        style=sprite.style,
        subject=subject,
        colour=rng.choice(list(TINTS)) if tinted else concept.colour,
        must_say_colour=tinted or named_colour,
        detail=sprite.detail,
        portrait=concept.person and rng.random() < recipe.portrait,
        background=draw_background(rng),
    )


def compose(
    scene: Scene, source: Image.Image, size: tuple[int, int], rng: random.Random
) -> Image.Image:
    """Make the picture of a scene."""
    source = ImageOps.mirror(source) if rng.random() < 0.5 else source
    if scene.background is None:
        return crop_scene(source, size, rng)
    place = (draw_portrait_place if scene.portrait else draw_place)(size, rng)
    return paste(paint_background(scene.background, size, rng), source, place)


def compose_shape(
    bench: Bench, name: str, size: tuple[int, int], count: int, rng: random.Random
) -> None:
    """Compose and write the pictures of one shape."""
    folder, out = bench.work / "sprites", bench.work / "composed"
    concepts = {concept.name: concept for concept in bench.recipe.concepts}
    photos = {photo.name for photo in bench.recipe.photographs}
    known = {"cutout": set(concepts), "scene": photos}
    sprites = [s for s in read_index(folder) if s.concept in known[s.kind]]
    opened = [open_sprite(folder, sprite) for sprite in sprites]
    weights = sprite_weights(bench, sprites)
    pixels = np.empty((count, size[1], size[0], 3), np.uint8)
    scenes: list[Scene] = []
    for row, k in enumerate(rng.choices(range(len(sprites)), weights, k=count)):
        sprite, source = sprites[k], opened[k]
        if sprite.kind == "scene":
            scene = Scene(style=sprite.style, subject=sprite.concept)
        else:
            concept = concepts[sprite.concept]
            scene = describe(sprite, concept, rng, bench)
            if scene.colour in TINTS and scene.must_say_colour and scene.colour != concept.colour:
                source = tint(source, scene.colour)
        pixels[row] = np.asarray(compose(scene, source, size, rng))
        scenes.append(scene)
    np.save(out / f"{name}.npy", pixels)
    text = json.dumps([asdict(scene) for scene in scenes])
    (out / f"{name}.json").write_text(text, encoding="utf-8")
    print(f"{count} pictures of {size[0]}×{size[1]}", flush=True)


def read_scenes(file: Path) -> list[Scene]:
    """Read the scenes of one shape."""
    scenes: list[Scene] = []
    for entry in json.loads(file.read_text(encoding="utf-8")):
        background = entry.pop("background")
        scenes.append(Scene(**entry, background=Background(**background) if background else None))
    return scenes


def compose_all(bench: Bench) -> None:
    """Compose the square and the tall pictures."""
    (bench.work / "composed").mkdir(exist_ok=True)
    picture, recipe = bench.recipe.picture, bench.recipe.compose
    rng = random.Random(bench.recipe.seed)
    compose_shape(bench, "square", (picture.size, picture.size), recipe.square, rng)
    compose_shape(bench, "tall", (picture.size, picture.tall), recipe.tall, rng)


if __name__ == "__main__":
    compose_all(open_bench(stage_parser(__doc__).parse_args()))
