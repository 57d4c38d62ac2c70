"""Weights in the layout that the processor's kernels compute in.

oneDNN, which does PyTorch's convolutions on processors, wants weights in blocks that fit its
registers, and rearranges them at every call unless they lie so already. A weight is brought into
that layout where it lies when it is first used, and stays there: it is held once, and whoever
shares it shares the rearranged one. PyTorch calls such a tensor ``is_mkldnn``; it has no storage
that one could read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn

if TYPE_CHECKING:
    from torch import Tensor


def dense(weight: Tensor) -> Tensor:
    """The same numbers in rows; the weight itself where it lies so."""
    return weight.to_dense() if weight.is_mkldnn else weight


def packed_convolution(conv: nn.Conv2d, x: Tensor, padding: tuple[int, int]) -> Tensor:
    """The convolution's weight, in the layout for an input of this shape."""
    if not _is_packed_for(conv.weight, x.shape):
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
    if not _is_packed_for(linear.weight, (rows,)):
        packed = torch.ops.mkldnn._reorder_linear_weight(dense(linear.weight), rows)
        _replace(linear.weight, packed, (rows,))
    return linear.weight


class _Packed(nn.Parameter):
    """A weight that lies as an input of some shape wants it."""

    wanted_by: tuple[int, ...]


def _is_packed_for(weight: Tensor, shape: tuple[int, ...]) -> bool:
    """Whether it lies so. For another shape it would be rearranged at every call, and slowly."""
    return isinstance(weight, _Packed) and weight.wanted_by == tuple(shape)


def _replace(weight: Tensor, packed: Tensor, shape: tuple[int, ...]) -> None:
    """Put the rearranged weight in the place of the other, for all who hold it."""
    parameter = _Packed(packed, requires_grad=False)
    parameter.wanted_by = tuple(shape)
    torch.utils.swap_tensors(weight, parameter)
