"""Products of matrices by oneDNN, PyTorch's library for processors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor


def product(
    x: Tensor, weight: Tensor, bias: Tensor | None = None, added: Tensor | None = None
) -> Tensor:
    """``x weightᵀ + bias + added``, in one go.

    Args:
        x: (... c).
        weight: (c' c), in rows or in the kernels' layout.
        bias: (c').
        added: (... c').

    Returns:
        (... c').
    """
    pointwise = torch.ops.mkldnn._linear_pointwise
    if added is None:
        return pointwise(x, weight, bias, "none", [], "")
    return pointwise.binary(x, added, weight, bias, "add")
