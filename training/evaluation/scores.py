"""What the judge says of pictures, how far they are from real ones, and whether one is a copy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch.nn.functional import interpolate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from training.evaluation.classifier import Judge, Labels
    from training.evaluation.prompts import Task

COPY_SIDE = 32  # pixels, at which pictures are compared with those of the training


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Shares of right answers, 0..1; a share over no picture is not a number."""

    pictures: int
    top1: float
    top5: float
    style: float
    colour: float


def _share(hits: Sequence[bool]) -> float:
    return sum(hits) / len(hits) if hits else float("nan")


@torch.inference_mode()
def score(judge: Judge, labels: Labels, pictures: Tensor, tasks: Sequence[Task]) -> Scores:
    """Return how often the judge sees what was asked for, in ``b 3 64 64``, -1..1."""
    things, styles, colours = judge(pictures)
    ranked = things.argsort(1, descending=True)
    asked = [labels.concepts.index(task.concept) for task in tasks]
    coloured = [n for n, task in enumerate(tasks) if task.colour]
    return Scores(
        pictures=len(tasks),
        top1=_share([int(row[0]) == thing for row, thing in zip(ranked, asked, strict=True)]),
        top5=_share([thing in row[:5] for row, thing in zip(ranked, asked, strict=True)]),
        style=_share(
            [
                labels.styles[int(row.argmax())] == task.style
                for row, task in zip(styles, tasks, strict=True)
            ]
        ),
        colour=_share(
            [labels.colours[int(colours[n].argmax())] == tasks[n].colour for n in coloured]
        ),
    )


def _root(matrix: Tensor) -> Tensor:
    """Return the square root of a symmetric matrix without negative eigenvalues."""
    values, vectors = torch.linalg.eigh(matrix)
    return vectors @ torch.diag(values.clamp_min(0).sqrt()) @ vectors.T


def frechet_distance(one: Tensor, other: Tensor) -> float:
    """Return the Fréchet distance of two sets of features, ``n c`` each.

    Both are taken as normal distributions (Heusel et al. 2017, arXiv:1706.08500, equation 6).
    """
    one, other = one.double(), other.double()
    a, b = torch.cov(one.T), torch.cov(other.T)
    root = _root(a)
    mixed = _root(root @ b @ root)
    mean = (one.mean(0) - other.mean(0)).square().sum()
    return float(mean + torch.trace(a) + torch.trace(b) - 2 * torch.trace(mixed))


def nearest(pictures: Tensor, known: Tensor) -> tuple[Tensor, Tensor]:
    """Return the distance to, and the number of, the most alike of the known pictures.

    The distance is the root of the mean squared difference at 32×32, of a range of 2.

    Args:
        pictures: ``b 3 h w``, -1..1.
        known: ``n 3 h w``, -1..1.
    """
    size = (COPY_SIDE, COPY_SIDE)
    painted = interpolate(pictures, size=size, mode="area").flatten(1)
    learned = interpolate(known, size=size, mode="area").flatten(1)
    found = (torch.cdist(painted, learned) / painted.shape[1] ** 0.5).min(1)
    return found.values, found.indices
