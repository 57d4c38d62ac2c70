"""Weights in the layout that the processor's kernels compute in.

oneDNN, which does PyTorch's convolutions on processors, wants weights in blocks that fit its
registers, and rearranges them at every call unless they lie so already. A weight is brought into
that layout where it lies when it is first used, and stays there: it is held once, and whoever
shares it shares the rearranged one. PyTorch calls such a tensor ``is_mkldnn``; it has no storage
that one could read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import torch
from torch import nn
from torch.nn.functional import pad

if TYPE_CHECKING:
    from torch import Tensor


def dense(weight: Tensor) -> Tensor:
    """The same numbers in rows; the weight itself where it lies so."""
    return weight.to_dense() if weight.is_mkldnn else weight


def wrapped(conv: nn.Conv2d, x: Tensor) -> tuple[Tensor, tuple[int, int]]:
    """What a convolution reads, its edges continued where they meet, and the zeros still to add."""
    padding = cast("tuple[int, int]", conv.padding)
    if conv.padding_mode != "circular" or not any(padding):
        return x, padding
    return pad(x, (padding[1], padding[1], padding[0], padding[0]), mode="circular"), (0, 0)


def packed_convolution(conv: nn.Conv2d, x: Tensor, padding: tuple[int, int]) -> Tensor:
    """The convolution's weight, in the layout for an input of this shape."""
    if not _stays(conv.weight, x.shape):
        rows = dense(conv.weight)
        packed = torch.ops.mkldnn._reorder_convolution_weight(
            rows, padding, conv.stride, conv.dilation, conv.groups, x.shape
        )
        _replace(conv.weight, packed, x.shape)
    return conv.weight


def channels_last(conv: nn.Conv2d) -> nn.Conv2d:
    """The convolution, its weight laid channels last, for all who hold it."""
    if not conv.weight.is_contiguous(memory_format=torch.channels_last):
        conv.weight.data = conv.weight.contiguous(memory_format=torch.channels_last)
    return conv


def packed_matrix(linear: nn.Linear, rows: int) -> Tensor:
    """The matrix's weight, in the layout for so many rows of input."""
    if not _stays(linear.weight, (rows,)):
        packed = torch.ops.mkldnn._reorder_linear_weight(dense(linear.weight), rows)
        _replace(linear.weight, packed, (rows,))
    return linear.weight


class _Packed(nn.Parameter):
    """A weight that lies as an input of some shape wants it."""

    wanted_by: tuple[int, ...]
    last_used_by: tuple[int, ...]


def _stays(weight: Tensor, shape: tuple[int, ...]) -> bool:
    """Whether a weight is left as it lies for an input of this shape.

    An input of another size moves it at once: as it lies, it would be rearranged at every call,
    and slowly. Another number of rows costs less, and moves it when it comes twice in a row: parts
    of a prompt that are as long as 2 and 1 chunks take turns within every step.
    """
    if not isinstance(weight, _Packed):
        return False
    before, weight.last_used_by = weight.last_used_by, shape
    return shape == weight.wanted_by or (shape[1:] == weight.wanted_by[1:] and shape != before)


def _replace(weight: Tensor, packed: Tensor, shape: tuple[int, ...]) -> None:
    """Put the rearranged weight in the place of the other, for all who hold it."""
    parameter = _Packed(packed, requires_grad=False)
    parameter.wanted_by = parameter.last_used_by = shape
    torch.utils.swap_tensors(weight, parameter)
