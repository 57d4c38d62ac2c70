"""The prompts of the evaluation: things in styles, and things in colours; each has its own seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from training.captions import STYLES, with_article

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from training.recipe import Recipe

# The classifier's style -> the styles of the training that look so.
LOOKS: Mapping[str, tuple[str, ...]] = {
    "3d render": ("3d",),
    "flat illustration": ("twemoji", "flat"),
    "cartoon": ("noto",),
    "line art": ("line",),
    "photo": ("photo",),
}
THINGS = (
    "green apple", "red apple", "tomato", "orange", "lemon", "banana", "strawberry", "watermelon",
    "pizza", "ice cream", "cake", "cat", "dog", "cat face", "dog face", "pig", "rabbit",
    "panda face", "fox face", "bear face", "lion face", "penguin", "fish", "frog face", "woman",
    "man", "girl", "boy", "woman with red hair", "smiling face", "ghost", "car", "rocket",
    "sailboat", "tree", "pine tree", "cactus", "rose", "flower", "sunflower", "sun", "moon",
    "star", "heart", "mountain", "snowman", "house", "castle", "soccer ball", "basketball",
    "balloon", "book", "shirt",
)  # fmt: skip
DRAWN = ("3d render", "flat illustration", "cartoon")
INKED = tuple(thing for thing in THINGS if " hair" not in thing)
PHOTOGRAPHED = (
    "green apple", "red apple", "tomato", "banana", "cat", "dog", "horse", "pig", "owl", "fish",
    "castle", "house", "woman", "man", "car", "tree", "flower", "giraffe", "koala", "sheep",
)  # fmt: skip
COLOURS = ("red", "orange", "yellow", "green", "blue", "purple", "pink")
COLOURED = ("apple", "car", "flower", "balloon", "book", "shirt", "rose", "heart", "star")


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One picture to paint, and what should be seen on it.

    Attributes:
        prompt: The words.
        seed: The seed.
        concept: The thing, without its colour.
        style: A key of :data:`LOOKS`.
        colour: A colour word, or nothing where none was asked for.
    """

    prompt: str
    seed: int
    concept: str
    style: str
    colour: str = ""


def look_of(style: str) -> str:
    """Return the classifier's style of a style of the training.

    >>> look_of("noto")
    'cartoon'
    """
    return next(look for look, styles in LOOKS.items() if style in styles)


def split_colour(name: str, recipe: Recipe) -> tuple[str, str]:
    """Return a thing's name without its colour, and the colour if the name has one."""
    for concept in recipe.concepts:
        if concept.name == name and concept.colour and name.startswith(f"{concept.colour} "):
            return name.removeprefix(f"{concept.colour} "), concept.colour
    return name, ""


def style_tasks(recipe: Recipe, looks: Sequence[str], seed: int) -> list[Task]:
    """Return the prompts of things in styles."""
    pairs = [(thing, look) for look in looks if look in DRAWN for thing in THINGS]
    pairs += [(thing, "line art") for thing in INKED if "line art" in looks]
    pairs += [(thing, "photo") for thing in PHOTOGRAPHED if "photo" in looks]
    tasks: list[Task] = []
    for number, (thing, look) in enumerate(pairs):
        concept, colour = split_colour(thing, recipe)
        inked = look == "line art"
        words = with_article(concept if inked else thing)
        task = Task(
            prompt=f"{look} of {words}",
            seed=seed + number,
            concept=concept,
            style=look,
            colour="" if inked else colour,
        )
        tasks.append(task)
    return tasks


def colour_tasks(looks: Sequence[str], seed: int) -> list[Task]:
    """Return the prompts of things in colours, the styles taking turns."""
    pairs = [(thing, colour) for thing in COLOURED for colour in COLOURS]
    return [
        Task(
            prompt=f"{looks[number % len(looks)]} of {with_article(f'{colour} {thing}')}",
            seed=seed + number,
            concept=thing,
            style=looks[number % len(looks)],
            colour=colour,
        )
        for number, (thing, colour) in enumerate(pairs)
    ]


def style_names() -> tuple[str, ...]:
    """Return the classifier's styles, which cover all of the training's."""
    assert {style for styles in LOOKS.values() for style in styles} == STYLES.keys()
    return tuple(LOOKS)
