"""Linear multistep: up to fourth order from one network call a step.

Adams-Bashforth's method on unequal steps: the polynomial through the last slopes is integrated
over the next step (Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, III.5).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from velatura.diffusion.samplers.base import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from velatura.diffusion.samplers.base import Denoise, Noise, Sigmas
    from velatura.records import SamplingOptions

ORDER = 4


def sample_lms(
    denoise: Denoise, state: State, levels: Sigmas, noise: Noise, options: SamplingOptions
) -> Iterator[State]:
    """``x <- x + sum_j w_j d_j`` over the last four slopes; fewer in the first steps."""
    del noise, options
    x, slopes = state.x, state.history
    for i in range(state.index, len(levels) - 1):
        denoised = denoise(x, levels[i])
        slopes = ((x - denoised) / levels[i], *slopes[: ORDER - 1])
        nodes = [levels[i - j] for j in range(len(slopes))]
        for slope, weight in zip(slopes, _weights(nodes, levels[i + 1]), strict=True):
            x = x + slope * weight
        yield State(x, i + 1, slopes, denoised)


def _weights(nodes: Sequence[float], end: float) -> list[float]:
    """Integrals of the Lagrange polynomials of ``nodes`` from the first node to ``end``.

    Gauss's rule with two points is exact up to cubic polynomials.

    Example:
        >>> _weights([2.0, 1.0], 3.0)  # Adams-Bashforth of second order
        [1.5, -0.5]
    """
    middle, half = (nodes[0] + end) / 2, (end - nodes[0]) / 2
    points = (middle - half / math.sqrt(3), middle + half / math.sqrt(3))
    return [half * sum(_lagrange(nodes, j, point) for point in points) for j in range(len(nodes))]


def _lagrange(nodes: Sequence[float], j: int, at: float) -> float:
    """The polynomial that is 1 at node ``j`` and 0 at the others."""
    others = [node for k, node in enumerate(nodes) if k != j]
    return math.prod((at - node) / (nodes[j] - node) for node in others)
