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
    if not conv.weight.is_mkldnn:
        packed = torch.ops.mkldnn._reorder_convolution_weight(
            conv.weight, padding, conv.stride, conv.dilation, conv.groups, x.shape
        )
        _replace(conv.weight, packed)
    return conv.weight


def channels_last(conv: nn.Conv2d) -> nn.Conv2d:
    """The convolution, its weight laid channels last, for all who hold it."""
    if not conv.weight.is_contiguous(memory_format=torch.channels_last):
        conv.weight.data = conv.weight.contiguous(memory_format=torch.channels_last)
    return conv


def packed_matrix(linear: nn.Linear, rows: int) -> Tensor:
    """The matrix's weight, in the layout for so many rows of input."""
    if not linear.weight.is_mkldnn:
        _replace(linear.weight, torch.ops.mkldnn._reorder_linear_weight(linear.weight, rows))
    return linear.weight


def _replace(weight: Tensor, packed: Tensor) -> None:
    """Put the rearranged weight in the place of the other, for all who hold it."""
    torch.utils.swap_tensors(weight, nn.Parameter(packed, requires_grad=False))
