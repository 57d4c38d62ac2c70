"""Which seed each picture of a request gets.

Without variation, picture i of a request has seed s + i. With a variation strength, all share the
seed and the variation seeds count up instead, as A1111 has it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from velatura.records import Painting

P = TypeVar("P", bound="Painting")

LARGEST_SEED = 2**64 - 1

LARGEST_DRAWN_SEED = 4294967293
"""Random seeds lie in 0 .. this, as A1111 draws them."""


def complete_seeds(request: P, draw: Callable[[], int]) -> P:
    """The request with every -1 replaced by a seed that ``draw`` gives."""
    seed = draw() if request.seed == -1 else request.seed
    variation = request.variation
    if variation is not None and variation.seed == -1:
        variation = replace(variation, seed=draw())
    return replace(request, seed=seed, variation=variation)


def picture_requests(request: P) -> tuple[P, ...]:
    """For each picture of a complete request, in order: the request that makes it alone."""
    alone = replace(request, batch_size=1, batch_count=1)
    return tuple(_shifted(alone, i) for i in range(request.batch_size * request.batch_count))


def later_seed(request: P, by: int) -> P:
    """The request with a seed that much further on, whatever its variation."""
    return replace(request, seed=_wrapped(request.seed + by))


def _shifted(request: P, by: int) -> P:
    variation = request.variation
    if variation is not None and variation.strength > 0:
        return replace(request, variation=replace(variation, seed=_wrapped(variation.seed + by)))
    return replace(request, seed=_wrapped(request.seed + by))


def _wrapped(seed: int) -> int:
    return seed % (LARGEST_SEED + 1)
