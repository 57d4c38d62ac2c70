"""Convolutions by fewer multiplications, after Winograd (Lavin and Gray 2015, arXiv:1509.09308).

A tile of 2×2 results of a 3×3 convolution takes 36 multiplications for each channel read and each
made. Of the 4×4 numbers read, and of the weight, there are 16 sums each whose products, summed
again, are the same results: F(2×2, 3×3) in that paper's words. The 16 products of all tiles are 16
matrix products. The results are as near to the true ones as those of the 36.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

import torch
from torch.nn.functional import pad

from velatura.models.layout import dense, wrapped
from velatura.models.products import product
from velatura.models.room import parts_that_fit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from torch import Tensor, nn

    Convolve = Callable[[nn.Conv2d, Tensor, Tensor | None], Tensor]
    Pair = tuple[Tensor, Tensor]

LEAST_CHANNELS = 256
"""Read and made, from which on sums cost less than the products that they save."""

LEAST_PIXELS = 1024
"""Of each row of a batch, from which on the weight's sums are worth making."""

TILES = 1024
"""Tiles at once: their sums stay in the processor's caches."""

SUMS = ((1, 0, 0), (0.5, 0.5, 0.5), (0.5, -0.5, 0.5), (0, 0, -1))
"""Along a side of a weight. The last one's sign is turned, so that all products are added."""


@dataclass(frozen=True, slots=True)
class Winograd:
    """Convolves by fewer multiplications where that is faster.

    Attributes:
        otherwise: Convolves everything else.
        transform: Gives a weight's matrices, for so many rows of input.
    """

    otherwise: Convolve
    transform: Callable[[Tensor, int], Sequence[Tensor]]

    def __call__(self, conv: nn.Conv2d, x: Tensor, added: Tensor | None = None) -> Tensor:
        """A convolution of (b c h w), channels last, and what is added to its result."""
        if not _gains(conv, x):
            return self.otherwise(conv, x, added)
        batch, _, height, width = x.shape
        x, padding = wrapped(conv, x)
        lines = _lines_at_once(height, width)
        matrices = self.transform(conv.weight, lines * (width // 2))
        found = x.new_empty(batch, height, width, conv.out_channels)
        for row, given in zip(found, x.permute(0, 2, 3, 1), strict=True):
            for begin, strip in _strips(given, padding, height, lines):
                _convolve_tiles(strip, matrices, conv.bias, row[begin : begin + len(strip) - 2])
        result = found.permute(0, 3, 1, 2)
        return result if added is None else result.add_(added)


class KeptMatrices:
    """Transformed weights that are kept from call to call, as many as fit.

    Args:
        budget: Most bytes of them; those beyond it are made at every call, and all are where so
            much memory is not free.
    """

    def __init__(self, budget: int) -> None:
        self._budget = self._free = budget
        self._kept: dict[tuple[int, int], tuple[Tensor, Sequence[Tensor]]] = {}

    def transform(self, weight: Tensor, rows: int) -> Sequence[Tensor]:
        """What :func:`transformed` gives."""
        key = id(weight), rows
        if key in self._kept:
            return self._kept[key][1]
        matrices = transformed(weight, rows)
        size = sum(matrix.nbytes for matrix in matrices)
        if size <= self._free and self._has_room(weight.device):
            self._kept[key] = weight, matrices  # the weight too, so that no other gets its id
            self._free -= size
        return matrices

    def _has_room(self, device: torch.device) -> bool:
        return bool(self._kept) or parts_that_fit(1, self._budget, device) == 1

    def forget(self) -> None:
        """Keep none of them any longer."""
        self._kept.clear()
        self._free = self._budget


def transformed(weight: Tensor, rows: int) -> tuple[Tensor, ...]:
    """The 16 matrices of a weight, (c' c 3 3), in the layout for so many rows of input."""
    side = torch.tensor(SUMS, dtype=weight.dtype)
    sums = torch.kron(side, side) @ dense(weight).flatten(2).flatten(0, 1).t()
    matrices = sums.unflatten(1, weight.shape[:2])
    return tuple(torch.ops.mkldnn._reorder_linear_weight(matrix, rows) for matrix in matrices)


def _gains(conv: nn.Conv2d, x: Tensor) -> bool:
    """Whether it is a convolution of this kind, and faster so."""
    height, width = x.shape[2:]
    has_kind = (conv.kernel_size, conv.padding) == ((3, 3), (1, 1)) and conv.groups == 1
    moves_by_one = conv.stride == conv.dilation == (1, 1)
    is_wide = min(conv.in_channels, conv.out_channels) >= LEAST_CHANNELS
    has_tiles = height % 2 == width % 2 == 0 and height * width >= LEAST_PIXELS
    return has_kind and moves_by_one and is_wide and has_tiles


def _lines_at_once(height: int, width: int) -> int:
    """Lines of tiles in each of a picture's strips, which are about equally high."""
    strips = ceil(height * width / (4 * TILES))
    return ceil(height / (2 * strips))


def _strips(
    x: Tensor, padding: tuple[int, int], height: int, lines: int
) -> Iterator[tuple[int, Tensor]]:
    """What so many lines of tiles read of (h w c), and the row where their results begin."""
    high, wide = padding
    for begin in range(0, height, 2 * lines):
        end = min(height, begin + 2 * lines)
        first, last = begin - high, end + 2 - high
        part = x[max(0, first) : last]
        yield begin, pad(part, (0, 0, wide, wide, max(0, -first), max(0, last - len(x))))


def _convolve_tiles(
    x: Tensor, matrices: Sequence[Tensor], bias: Tensor | None, found: Tensor
) -> None:
    """Put the results of (2n + 2, 2m + 2, c) into (2n, 2m, c')."""
    a, b, c, d = _neighbours(x, 0)
    one = _line(b + c, matrices[4:8], bias)
    two = _line(c - b, matrices[8:12])
    both = one[0] + two[0], one[1] + two[1]
    rest = one[0].sub_(two[0]), one[1].sub_(two[1])
    upper = _line(a - c, matrices[:4], plus=both)
    lower = _line(b - d, matrices[12:], plus=rest)
    tiles = found.unflatten(1, (-1, 2)).unflatten(0, (-1, 2))
    for line, results in zip(tiles.unbind(1), (upper, lower), strict=True):
        for column, result in zip(line.unbind(2), results, strict=True):
            column.copy_(result.view_as(column))


def _line(
    x: Tensor, matrices: Sequence[Tensor], bias: Tensor | None = None, plus: Pair | None = None
) -> Pair:
    """Left and right results of a line of tiles, (n·m c'), of the sums of its rows (n 2m+2 c)."""
    a, b, c, d = _neighbours(x, 1)
    one = product(
        (b + c).flatten(0, 1), matrices[1], bias
    )  # comes by once in every result of a tile
    two = product((c - b).flatten(0, 1), matrices[2])
    left, right = one + two, one.sub_(two)
    if plus:
        left, right = left.add_(plus[0]), right.add_(plus[1])
    return (
        product((a - c).flatten(0, 1), matrices[0], added=left),
        product((b - d).flatten(0, 1), matrices[3], added=right),
    )


def _neighbours(x: Tensor, dim: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """First to fourth of each four along a side; the next four begin two further on."""
    even, odd = x.unflatten(dim, (-1, 2)).unbind(dim + 1)
    count = even.shape[dim] - 1
    return (
        even.narrow(dim, 0, count),
        odd.narrow(dim, 0, count),
        even.narrow(dim, 1, count),
        odd.narrow(dim, 1, count),
    )
