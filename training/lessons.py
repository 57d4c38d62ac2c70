"""What the denoiser learns from: latents, what each of them shows, and the words for it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from training.captions import Scene, caption
from training.compose import read_scenes, shapes
from training.words import Lexicon, Words, lexicon_of

if TYPE_CHECKING:
    from torch import Tensor

    from training.recipe import Bench


@dataclass(frozen=True, slots=True)
class Lesson:
    """Latents of one shape (unit variance, ``n 4 h w``) and what each of them shows."""

    latents: Tensor
    scenes: list[Scene]

    def of_styles(self, styles: tuple[str, ...]) -> Lesson:
        """Return the part in some styles."""
        rows = [row for row, scene in enumerate(self.scenes) if scene.style in styles]
        return Lesson(self.latents[rows], [self.scenes[row] for row in rows])


def read_lesson(bench: Bench, shape: str) -> Lesson:
    """Read the latents of one shape, freed of their mean and deviation."""
    latents = torch.load(bench.work / "latents" / f"{shape}.pt", weights_only=True).float()
    scale = torch.load(bench.work / "latents/scale.pt", weights_only=True)
    mean, std = scale["mean"][:, None, None], scale["std"][:, None, None]
    scenes = read_scenes(bench.work / "composed" / f"{shape}.json")[: len(latents)]
    return Lesson((latents - mean) / std, scenes)


def read_lessons(bench: Bench) -> dict[str, Lesson]:
    """Read the pictures of every shape."""
    return {shape: read_lesson(bench, shape) for shape in shapes(bench)}


def caption_lexicon(bench: Bench, lessons: dict[str, Lesson], words: Words) -> Lexicon:
    """Return the tokens of a few captions of every scene."""
    rng = random.Random(bench.recipe.seed)
    texts = [
        caption(scene, rng) for lesson in lessons.values() for scene in lesson.scenes for _ in "abc"
    ]
    return lexicon_of(texts, words)
