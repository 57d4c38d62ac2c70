"""Loopback: the picture of one round is what the next one paints over."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, TypeVar

from velatura.pipelines.seeds import later_seed
from velatura.records import Img2Img, Inpaint

if TYPE_CHECKING:
    from collections.abc import Callable

    from velatura.records import Bitmap

R = TypeVar("R", bound=Img2Img)

Curve = Literal["linear", "aggressive", "lazy"]

CURVES: dict[Curve, Callable[[float], float]] = {
    "linear": lambda progress: progress,
    "aggressive": lambda progress: math.sin(progress * math.pi / 2),
    "lazy": lambda progress: 1 - math.cos(progress * math.pi / 2),
}
"""How far the strength has gone to its last value, both from 0 to 1."""


def round_strength(
    first: float, last: float, index: int, rounds: int, curve: Curve = "linear"
) -> float:
    """The denoising strength of one round.

    Args:
        first: That of the first round.
        last: That of the last round.
        index: Which round, from 0.
        rounds: How many there are.
        curve: How it goes from one to the other.
    """
    if rounds == 1:
        return first
    return first + (last - first) * CURVES[curve](index / (rounds - 1))


def next_round(request: R, image: Bitmap, strength: float) -> R:
    """The request of the round after ``request``.

    It has the next seed, and begins under a mask with what is there.

    Args:
        request: That of the round before.
        image: Its picture.
        strength: Denoising strength of the new round.
    """
    later = later_seed(replace(request, image=image, strength=strength), 1)
    return replace(later, content="original") if isinstance(later, Inpaint) else later
