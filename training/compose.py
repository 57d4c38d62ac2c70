"""Stage 4: compose the pictures that the denoiser learns from, and note what each one shows.

Gives ``composed/<shape>.npy`` (``n h w 3``, uint8) and ``composed/<shape>.json`` (a scene for
each). Captions are drawn later, again and again, from the scene.
Can run while the autoencoder trains.
"""

from __future__ import annotations

import json
import random
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import numpy as np
from PIL import ImageOps

from training.captions import Scene, with_article
from training.colours import TINTS, colour_of, tint
from training.recipe import Bench, Concept, open_bench, stage_parser
from training.scenes import (
    BLURRED,
    PLAIN,
    Background,
    blur_scene,
    crop_scene,
    draw_background,
    draw_place,
    draw_portrait_place,
    draw_two_places,
    paint_background,
    paste,
)
from training.sprites import Sprite, open_sprite, read_index

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PIL import Image


def may_show(sprite: Sprite, concept: Concept, photographed: frozenset[str]) -> bool:
    """Return whether a cut-out can stand for its concept.

    Line art cannot show the colour of hair, and what has real photographs needs no other ones.
    """
    if sprite.style == "line":
        return " hair" not in concept.name
    return sprite.style != "photo" or concept.name not in photographed


def named_colour(concept: Concept) -> bool:
    """Return whether the name begins with the colour, as in "green apple"."""
    return bool(concept.colour) and concept.name.startswith(f"{concept.colour} ")


def describe(
    sprite: Sprite, concept: Concept, drawn: str, rng: random.Random, bench: Bench
) -> Scene:
    """Decide what the picture of a cut-out will show.

    Args:
        sprite: The cut-out.
        concept: What it shows.
        drawn: The colour that the cut-out plainly has, or nothing.
        rng: Draws the rest.
        bench: The recipe.
    """
    recipe = bench.recipe.compose
    named, inked = named_colour(concept), sprite.style == "line"
    told = drawn if concept.tint or drawn == concept.colour else ""
    colour = "" if inked else told or (concept.colour if named else "")
    tinted = concept.tint and bool(drawn) and not inked and rng.random() < recipe.tint
    name = concept.name.removeprefix(f"{concept.colour} ") if named else concept.name
    background = draw_background(rng)
    if sprite.style == "photo":
        background = Background(BLURRED, "")
    elif inked:
        background = Background(PLAIN, "white")
    return Scene(
        style=sprite.style,
        subject=concept.noun or name,
        colour=rng.choice(list(TINTS)) if tinted else colour,
        must_say_colour=bool(colour) and (concept.tint or named),
        detail="" if inked else sprite.detail,
        portrait=concept.person and rng.random() < recipe.portrait,
        background=background,
    )


class Composer:
    """The cut-outs and photographs, and what can be made of them."""

    def __init__(self, bench: Bench, drop: Callable[[Sprite], bool] = lambda _: False) -> None:
        """Open the pictures.

        Args:
            bench: The recipe and the work folder.
            drop: Says which pictures to leave out.
        """
        self.bench = bench
        folder = bench.work / "sprites"
        self.concepts = {concept.name: concept for concept in bench.recipe.concepts}
        photos = frozenset(photo.name for photo in bench.recipe.photographs)
        index = [sprite for sprite in read_index(folder) if not drop(sprite)]
        self.sprites = [
            s
            for s in index
            if (s.kind == "scene" and s.concept in photos)
            or (
                s.kind == "cutout"
                and s.concept in self.concepts
                and may_show(s, self.concepts[s.concept], photos)
            )
        ]
        self.opened = [open_sprite(folder, sprite) for sprite in self.sprites]
        self.colours = [
            colour_of(picture) if sprite.kind == "cutout" and self._coloured(sprite) else ""
            for sprite, picture in zip(self.sprites, self.opened, strict=True)
        ]
        self.weights = [self._weight(sprite) for sprite in self.sprites]
        self.backdrops = [open_sprite(folder, s) for s in index if s.kind == "scene"]

    def _coloured(self, sprite: Sprite) -> bool:
        concept = self.concepts[sprite.concept]
        return concept.tint or bool(concept.colour)

    def _weight(self, sprite: Sprite) -> float:
        """Return how often to draw a picture: by concept and style, shared among those alike."""
        recipe = self.bench.recipe
        same = [s for s in self.sprites if (s.concept, s.style) == (sprite.concept, sprite.style)]
        style = recipe.compose.style_weights[sprite.style]
        if sprite.kind == "scene":
            named = {photo.name: photo.weight for photo in recipe.photographs}
            return style * named[sprite.concept] / len(same) ** 0.5
        if sprite.style == "photo":
            style *= recipe.compose.photographed
        return style * self.concepts[sprite.concept].weight / len(same)

    def show(
        self, number: int, size: tuple[int, int], rng: random.Random
    ) -> tuple[Scene, Image.Image]:
        """Make a picture of one source picture."""
        sprite, source = self.sprites[number], self.opened[number]
        if rng.random() < self.bench.recipe.compose.mirror:
            source = ImageOps.mirror(source)
        if sprite.kind == "scene":
            scene = Scene(style=sprite.style, subject=sprite.concept)
            return scene, crop_scene(source, size, rng)
        scene, source = self._cutout(number, source, rng)
        place = (draw_portrait_place if scene.portrait else draw_place)(size, rng)
        return scene, paste(self._background(scene, size, rng), source, place)

    def show_two(
        self, numbers: tuple[int, int], size: tuple[int, int], rng: random.Random
    ) -> tuple[Scene, Image.Image]:
        """Make a picture of two cut-outs, the first on the left."""
        left, right = draw_two_places(size, rng)
        first, source = self._cutout(numbers[0], self.opened[numbers[0]], rng)
        second, other = self._cutout(numbers[1], self.opened[numbers[1]], rng)
        canvas = paste(self._background(first, size, rng), source, left)
        beside = with_article(" ".join(filter(None, (second.colour, second.subject))))
        scene = replace(first, portrait=False, detail="", beside=beside)
        return replace(scene, must_say_colour=bool(scene.colour)), paste(canvas, other, right)

    def draw(self, size: tuple[int, int], rng: random.Random) -> tuple[Scene, Image.Image]:
        """Make a picture, of one thing or now and then of two in the same style."""
        (number,) = rng.choices(range(len(self.sprites)), self.weights)
        share = self.bench.recipe.compose.two_objects if size[0] == size[1] else 0.5
        if rng.random() >= share * (size[0] >= size[1]) or self.sprites[number].kind == "scene":
            return self.show(number, size, rng)
        alike = [
            n for n, s in enumerate(self.sprites) if self._go_together(self.sprites[number], s)
        ]
        (other,) = rng.choices(alike, [self.weights[n] for n in alike])
        return self.show_two((number, other), size, rng)

    @staticmethod
    def _go_together(one: Sprite, other: Sprite) -> bool:
        return one.style == other.style and other.kind == "cutout" and one.concept != other.concept

    def _cutout(
        self, number: int, source: Image.Image, rng: random.Random
    ) -> tuple[Scene, Image.Image]:
        sprite, drawn = self.sprites[number], self.colours[number]
        scene = describe(sprite, self.concepts[sprite.concept], drawn, rng, self.bench)
        if drawn and scene.colour and scene.colour != drawn:
            source = tint(source, scene.colour)
        return scene, source

    def _background(self, scene: Scene, size: tuple[int, int], rng: random.Random) -> Image.Image:
        assert scene.background is not None
        if scene.background.kind == BLURRED:
            return blur_scene(rng.choice(self.backdrops), size, rng)
        return paint_background(scene.background, size, rng)


def compose_shape(
    composer: Composer, name: str, size: tuple[int, int], count: int, rng: random.Random
) -> None:
    """Compose and write the pictures of one shape."""
    pixels = np.empty((count, size[1], size[0], 3), np.uint8)
    scenes: list[Scene] = []
    for row in range(count):
        scene, picture = composer.draw(size, rng)
        pixels[row] = np.asarray(picture)
        scenes.append(scene)
    out = composer.bench.work / "composed"
    np.save(out / f"{name}.npy", pixels)
    text = json.dumps([asdict(scene) for scene in scenes])
    (out / f"{name}.json").write_text(text, encoding="utf-8")
    print(f"{count} pictures of {size[0]}×{size[1]}", flush=True)


def shapes(bench: Bench) -> dict[str, tuple[tuple[int, int], int]]:
    """Return each shape's size (width, height) and how many pictures it has."""
    picture, recipe = bench.recipe.picture, bench.recipe.compose
    return {
        "square": ((picture.size, picture.size), recipe.square),
        "tall": ((picture.size, picture.tall), recipe.tall),
        "wide": ((picture.tall, picture.size), recipe.wide),
    }


def read_scenes(file: Path) -> list[Scene]:
    """Read the scenes of one shape."""
    scenes: list[Scene] = []
    for entry in json.loads(file.read_text(encoding="utf-8")):
        background = entry.pop("background")
        scenes.append(Scene(**entry, background=Background(**background) if background else None))
    return scenes


def compose_all(bench: Bench) -> None:
    """Compose the pictures of every shape."""
    (bench.work / "composed").mkdir(exist_ok=True)
    composer = Composer(bench)
    for number, (name, (size, count)) in enumerate(shapes(bench).items()):
        compose_shape(composer, name, size, count, random.Random(bench.recipe.seed + number))


if __name__ == "__main__":
    compose_all(open_bench(stage_parser(__doc__).parse_args()))
