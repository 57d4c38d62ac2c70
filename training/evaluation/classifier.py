"""The judge: a small convolutional network that tells thing, style and colour of a picture.

It shares nothing with the checkpoints but the cut-outs: it has its own compositions, drawn with
another seed, and sees them shifted, blurred, noisy and in other brightness, so that soft pictures
are no strangers to it. Gives ``evaluation/judge.pt``.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn.functional import avg_pool2d, cross_entropy, interpolate, pad

from training.colours import TINTS
from training.compose import Composer
from training.evaluation.prompts import LOOKS, look_of
from training.recipe import Bench, open_bench, stage_parser

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

    from training.captions import Scene
    from training.recipe import Recipe

SIDE = 64  # pixels, of what the judge sees
COUNT, HELD_OUT = 9_000, 900
SEED = 77_001  # of the compositions, far from the recipe's
EPOCHS, BATCH, LEARNING_RATE = 10, 64, 3.0e-3
NOTHING = -100  # the label of a picture without a colour word, which the loss passes over


@dataclass(frozen=True, slots=True)
class Labels:
    """What the judge can answer."""

    concepts: tuple[str, ...]
    styles: tuple[str, ...]
    colours: tuple[str, ...]

    def of(self, scene: Scene) -> tuple[int, int, int]:
        """Return the numbers of thing, style and colour."""
        colour = self.colours.index(scene.colour) if scene.colour in self.colours else NOTHING
        return self.concepts.index(scene.subject), self.styles.index(look_of(scene.style)), colour


def labels_of(recipe: Recipe) -> Labels:
    """Return the labels of a recipe."""
    names = [photo.name for photo in recipe.photographs]
    for concept in recipe.concepts:
        names.append(concept.noun or concept.name.removeprefix(f"{concept.colour} "))
    return Labels(tuple(sorted(set(names))), tuple(LOOKS), tuple(TINTS))


class Judge(nn.Module):
    """Five convolutions, a mean over the picture, and three answers."""

    def __init__(self, labels: Labels, width: int = 20) -> None:
        super().__init__()
        widths = (3, width, 2 * width, 4 * width, 8 * width)
        layers: list[nn.Module] = []
        for before, after in pairwise(widths):
            layers += [nn.Conv2d(before, after, 3, padding=1), nn.BatchNorm2d(after), nn.ReLU()]
            layers.append(nn.MaxPool2d(2))
        layers += [nn.Conv2d(widths[-1], widths[-1], 3, padding=1), nn.ReLU()]
        self.body = nn.Sequential(*layers)
        self.concept = nn.Linear(4 * widths[-1], len(labels.concepts))  # of the four quarters
        self.style = nn.Linear(4 * widths[-1], len(labels.styles))
        self.colour = nn.Linear(widths[-1], len(labels.colours))

    def features(self, pictures: Tensor) -> Tensor:
        """Return what the answers rest on, averaged over the picture: ``b 3 64 64`` to ``b c``."""
        return self.body(pictures).mean((2, 3))

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the scores of things, styles and colours for ``b 3 64 64``, -1..1."""
        grid = self.body(pictures)
        quarters = avg_pool2d(grid, 2).flatten(1)
        return self.concept(quarters), self.style(quarters), self.colour(grid.mean((2, 3)))


def to_judge(pictures: list[Image.Image]) -> Tensor:
    """Return pictures as the judge wants them: ``b 3 64 64``, -1..1."""
    small = [
        np.asarray(p.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BOX)) for p in pictures
    ]
    return torch.from_numpy(np.stack(small)).permute(0, 3, 1, 2).float() / 127.5 - 1


def compose_for_judge(bench: Bench, count: int, seed: int) -> tuple[Tensor, list[Scene]]:
    """Compose pictures of one thing each: ``n 3 64 64``, 0..255 as bytes, and what they show.

    Things and styles come equally often, so that the judge has no favourites.
    """
    composer, rng = Composer(bench), random.Random(seed)
    size = (bench.recipe.picture.size, bench.recipe.picture.size)
    kinds: dict[tuple[str, str], list[int]] = {}
    for number, sprite in enumerate(composer.sprites):
        kinds.setdefault((sprite.concept, sprite.style), []).append(number)
    rows: list[Tensor] = []
    scenes: list[Scene] = []
    for row in range(count):
        numbers = list(kinds.values())[row % len(kinds)]
        scene, picture = composer.show(rng.choice(numbers), size, rng)
        rows.append(((to_judge([picture])[0] + 1) * 127.5).round().byte())
        scenes.append(scene)
    return torch.stack(rows), scenes


def disturb(pictures: Tensor, generator: torch.Generator) -> Tensor:
    """Return pictures shifted, dimmed, blurred and noisy, each a little: ``b 3 s s``, -1..1."""
    count, _, side, _ = pictures.shape
    reach = side // 12
    wide = pad(pictures, (reach,) * 4, mode="replicate")
    shifts = torch.randint(2 * reach + 1, (count, 2), generator=generator).tolist()
    shifted = torch.stack(
        [wide[n, :, y : y + side, x : x + side] for n, (y, x) in enumerate(shifts)]
    )
    blurred = interpolate(avg_pool2d(shifted, 4), scale_factor=4, mode="bilinear")
    softness = torch.rand(count, 1, 1, 1, generator=generator)
    gain = 0.85 + 0.3 * torch.rand(count, 1, 1, 1, generator=generator)
    noise = torch.randn(shifted.shape, generator=generator)
    loudness = 0.1 * torch.rand(count, 1, 1, 1, generator=generator)
    return torch.lerp(shifted, blurred, softness) * gain + loudness * noise


def judge_file(bench: Bench) -> Path:
    """Return the file of the trained judge."""
    return bench.work / "evaluation/judge.pt"


def load_judge(bench: Bench) -> tuple[Judge, Labels]:
    """Return the trained judge and what its answers mean."""
    labels = labels_of(bench.recipe)
    judge = Judge(labels)
    judge.load_state_dict(torch.load(judge_file(bench), weights_only=True))
    return judge.eval(), labels


@torch.inference_mode()
def hit_rates(judge: Judge, pictures: Tensor, truth: Tensor) -> list[float]:
    """Return the share of right answers of thing, style and colour on ``n 3 64 64`` bytes."""
    answers = [judge(part.float() / 127.5 - 1) for part in pictures.split(250)]
    rates: list[float] = []
    for column in range(3):
        told = torch.cat([answer[column] for answer in answers]).argmax(1)
        asked = truth[:, column] != NOTHING
        rates.append(float((told == truth[:, column])[asked].float().mean()))
    return rates


def train_judge(bench: Bench) -> None:
    """Train the judge and say how often it is right on compositions that it has not seen."""
    judge_file(bench).parent.mkdir(exist_ok=True)
    labels = labels_of(bench.recipe)
    pictures, scenes = compose_for_judge(bench, COUNT, SEED)
    truth = torch.tensor([labels.of(scene) for scene in scenes])
    torch.manual_seed(bench.recipe.seed)  # noqa: TID251 - initial weights; seeded here once
    judge = Judge(labels).train()
    generator = torch.Generator().manual_seed(SEED)
    optimiser = torch.optim.AdamW(judge.parameters(), weight_decay=0.02)
    batches = COUNT // BATCH
    pace = torch.optim.lr_scheduler.OneCycleLR(optimiser, LEARNING_RATE, EPOCHS * batches)
    for epoch in range(EPOCHS):
        losses: list[float] = []
        for rows in torch.randperm(COUNT, generator=generator)[: batches * BATCH].split(BATCH):
            shown = disturb(pictures[rows].float() / 127.5 - 1, generator)
            answers = judge(shown)
            parts = zip(answers, truth[rows].unbind(1), strict=True)
            loss = torch.stack([cross_entropy(a, b, label_smoothing=0.05) for a, b in parts]).sum()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            pace.step()
            losses.append(loss.item())
        print(f"epoch {epoch + 1}: loss {np.mean(losses):.3f}", flush=True)
    torch.save(judge.state_dict(), judge_file(bench))
    kept, kept_scenes = compose_for_judge(bench, HELD_OUT, SEED + 1)
    rates = hit_rates(judge.eval(), kept, torch.tensor([labels.of(s) for s in kept_scenes]))
    print("thing {:.1%}, style {:.1%}, colour {:.1%}".format(*rates), flush=True)


if __name__ == "__main__":
    train_judge(open_bench(stage_parser(__doc__).parse_args()))
