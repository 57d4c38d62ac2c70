"""How each kind of device computes a network: one table, :data:`PATHS`.

A path is told by how features lie in memory and by what does the things that networks spend their
time with, above all convolutions, matrices and attention. Weights are brought into the kernels'
layout once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn.functional import linear, scaled_dot_product_attention

from velatura.models.attention import blocked_attention, has_slow_products
from velatura.models.group_norm import normalise_groups
from velatura.models.layout import channels_last, packed_convolution, packed_matrix, wrapped
from velatura.models.products import product
from velatura.models.recording import record_on_card
from velatura.models.winograd import Winograd, transformed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch import Tensor

    from velatura.models.estimate import Walk
    from velatura.models.recording import Record
    from velatura.models.winograd import KeptMatrices


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """How a kind of device computes a network.

    Attributes:
        layout: How the features lie in memory.
        convolve: A convolution, and what is added to its result.
        project: A matrix with its bias, and what is added to its result.
        normalise: A group normalisation.
        attend: Softmax attention of queries, keys and values, (b heads n width) each.
        record: Records whole calls, to be played again; None where that gains nothing.
        compile: Compiles the walk through a U-Net; None walks as it is.
        works_ahead: Whether the device computes while nobody waits for it.
    """

    layout: torch.memory_format
    convolve: Callable[[nn.Conv2d, Tensor, Tensor | None], Tensor]
    project: Callable[[nn.Linear, Tensor, Tensor | None], Tensor]
    normalise: Callable[[nn.GroupNorm, Tensor], Tensor]
    attend: Callable[[Tensor, Tensor, Tensor], Tensor] = scaled_dot_product_attention
    record: Record | None = None
    compile: Callable[[Walk], Walk] | None = None
    works_ahead: bool = False

    def keeping(self, matrices: KeptMatrices) -> Path:
        """The same that keeps the weights it transforms."""
        if not isinstance(self.convolve, Winograd):
            return self
        return replace(self, convolve=replace(self.convolve, transform=matrices.transform))


def _convolve(conv: nn.Conv2d, x: Tensor, added: Tensor | None = None) -> Tensor:
    return conv(x) if added is None else conv(x).add_(added)


def _convolve_last(conv: nn.Conv2d, x: Tensor, added: Tensor | None = None) -> Tensor:
    return _convolve(channels_last(conv), x, added)


def _project(matrix: nn.Linear, x: Tensor, added: Tensor | None = None) -> Tensor:
    product = linear(x, matrix.weight, matrix.bias)
    return product if added is None else product.add_(added)


def _convolve_packed(conv: nn.Conv2d, x: Tensor, added: Tensor | None = None) -> Tensor:
    x, padding = wrapped(conv, x)
    weight = packed_convolution(conv, x, padding)
    sizes = (weight, conv.bias, padding, conv.stride, conv.dilation, conv.groups)
    pointwise = torch.ops.mkldnn._convolution_pointwise
    if added is None:
        return pointwise(x, *sizes, "none", [], "")
    return pointwise.binary(x, added, *sizes, "add", None, None, [], None)


def _project_packed(matrix: nn.Linear, x: Tensor, added: Tensor | None = None) -> Tensor:
    weight = packed_matrix(matrix, x[..., 0].numel())
    return product(x, weight, matrix.bias, added)


def _normalise(norm: nn.GroupNorm, x: Tensor) -> Tensor:
    return norm(x)


PLAIN = Path(
    layout=torch.contiguous_format, convolve=_convolve, project=_project, normalise=_normalise
)
"""What any device can do."""

_ONEDNN = Path(
    layout=torch.channels_last,
    convolve=Winograd(_convolve_packed, transformed),
    project=_project_packed,
    normalise=normalise_groups,
)

_CARD = replace(
    PLAIN,
    layout=torch.channels_last,
    convolve=_convolve_last,
    record=record_on_card,
    works_ahead=True,
)

PATHS: Mapping[str, Path] = {
    "cpu": _ONEDNN,
    "cpu, slow products": replace(_ONEDNN, attend=blocked_attention),
    # Group sums are in float32, which has more digits than there are to lose; those of Winograd's
    # tiles would be in bfloat16, which has not.
    "cpu, bfloat16": replace(_ONEDNN, normalise=_normalise, convolve=_convolve_packed),
    "cuda": _CARD,
    "cuda, compiled": replace(
        _CARD,
        convolve=_convolve,
        # One for all sizes that are multiples of 64 pixels, instead of one for each.
        compile=partial(torch.compile, dynamic=True, fullgraph=True),
    ),
}
"""Kind of device -> how it computes; those not named take :data:`PLAIN`."""


def path_for(device: torch.device, dtype: torch.dtype, *, compiles: bool = False) -> Path:
    """How a network is computed.

    Args:
        device: Where.
        dtype: Its precision.
        compiles: Whether to compile it, where that is in the table.
    """
    if device.type == "cpu":
        return _path_of_processor(dtype)
    plainly = PATHS.get(device.type, PLAIN)
    return PATHS.get(f"{device.type}, compiled", plainly) if compiles else plainly


def _path_of_processor(dtype: torch.dtype) -> Path:
    """As oneDNN computes, where it has kernels for a precision."""
    if not torch.backends.mkldnn.is_available():
        return PLAIN
    if dtype is torch.bfloat16 and torch.ops.mkldnn._is_mkldnn_bf16_supported():
        return PATHS["cpu, bfloat16"]
    if dtype is torch.float32:
        return PATHS["cpu, slow products" if has_slow_products() else "cpu"]
    return PLAIN
