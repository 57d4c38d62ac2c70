"""Brownian paths that can be asked for any increment, in any order.

A path W over [start, end] is defined by halving: given its increment over an interval of length h,
the increment over the left half is normal with mean half of it and variance h / 4 (the Brownian
bridge), and the right half gets the rest. Every interval of this tree draws from a seed of its own,
made from the path's seed and the interval's place, so the answer does not depend on what was asked
before. Seeds, tolerance and order of operations are those of torchsde's ``BrownianTree`` (Li et
al. 2020, arXiv:2001.01328; Kidger et al. 2021, arXiv:2105.13493), so the numbers are the same;
unlike there, the source of normal numbers is an argument.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torch import Tensor

    Normal = Callable[[int], Tensor]

DIGITS = 6
"""Times are rounded to this many decimals, where the halving ends."""

POOL_SIZE = 24
"""Words of entropy that seeds are mixed in."""

REMEMBERED = 48
"""Increments kept: about one way from the root to a leaf, twice."""


@dataclass(frozen=True, slots=True)
class _Interval:
    """An interval of the tree: the ``place``-th of 2^depth."""

    start: float
    end: float
    place: int = 0
    depth: int = 0

    @property
    def middle(self) -> float:
        return round(0.5 * (self.end + self.start), DIGITS)

    @property
    def left(self) -> _Interval:
        return _Interval(self.start, self.middle, 2 * self.place, self.depth + 1)

    @property
    def right(self) -> _Interval:
        return _Interval(self.middle, self.end, 2 * self.place + 1, self.depth + 1)


class BrownianPath:
    """One path over [start, end].

    Args:
        start: Where the path begins.
        end: Where it ends; greater than ``start``.
        seed: Which path.
        normal: Standard-normal numbers, shape (c h w), from a seed.
    """

    def __init__(self, start: float, end: float, seed: int, normal: Normal) -> None:
        self._root = _Interval(round(start, DIGITS), round(end, DIGITS))
        self._seed = seed
        self._normal = normal
        words = np.random.SeedSequence(seed, pool_size=POOL_SIZE).generate_state(3)
        self._whole = normal(int(words[0])) * math.sqrt(end - start)
        self._left_parts: OrderedDict[tuple[int, int], Tensor] = OrderedDict()

    def increment(self, start: float, end: float) -> Tensor:
        """W(end) - W(start) for start < end; both are moved into the path's interval."""
        low = min(max(round(start, DIGITS), self._root.start), self._root.end)
        high = min(max(round(end, DIGITS), self._root.start), self._root.end)
        if low == high:
            return self._whole * 0
        first, *others = self._parts(self._root, self._whole, low, high)
        return sum(others, first)

    def _parts(self, node: _Interval, over: Tensor, low: float, high: float) -> Iterator[Tensor]:
        """What adds up to [low, high] inside a node whose own increment is ``over``, in order."""
        while (low, high) != (node.start, node.end):
            left, middle = self._left_part(node, over), node.middle
            if high <= middle:
                node, over = node.left, left
            elif low >= middle:
                node, over = node.right, over - left
            else:
                yield from self._parts(node.left, left, low, middle)
                low, node, over = middle, node.right, over - left
        yield over

    def _left_part(self, node: _Interval, over: Tensor) -> Tensor:
        """The increment over the left half of a node: a draw from the Brownian bridge."""
        key = (node.place, node.depth)
        if key in self._left_parts:
            self._left_parts.move_to_end(key)
            return self._left_parts[key]
        sequence = np.random.SeedSequence(self._seed, spawn_key=key, pool_size=POOL_SIZE)
        seed = int(sequence.generate_state(4)[0])
        before, after = node.middle - node.start, node.end - node.middle
        per_length = 1 / (node.end - node.start)
        spread = math.sqrt(before * after * per_length)
        part = before * over * per_length + spread * self._normal(seed)
        self._left_parts[key] = part
        if len(self._left_parts) > REMEMBERED:
            self._left_parts.popitem(last=False)
        return part
