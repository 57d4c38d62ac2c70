"""A U-Net whose weights are held in eight bits, and brought to the features' precision where used.

Half of the memory of half precision, for a picture that is near to the other, not the same.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn.functional import conv2d, linear

from velatura.models.layout import dense, wrapped
from velatura.models.networks import share_weights

if TYPE_CHECKING:
    from torch import Tensor

    from velatura.models.base import Model
    from velatura.models.paths import Path

EIGHT_BITS = torch.float8_e4m3fn
"""A sign, four bits of exponent, three of mantissa: from ±2⁻⁹ to ±448."""

_STAYING = re.compile(r"conv_in|time_embedding\..*|.*\.time_emb_proj|.*\.attn2\.to_[kv]")
"""Layers that are asked for once a prompt or a time rather than on the path, and the first one,
whose weight tells the network's precision: a twentieth of Stable Diffusion 1.5's."""


def with_eight_bits(model: Model) -> Model:
    """The same model with convolutions and matrices of its U-Net in eight bits; biases stay.

    So do the weights of the layers that read prompts and times. LoRA are merged before, and rounded
    with the rest. ``model`` itself stays as it is, and shares what is not rounded.
    """
    network, path = model.unet.network, model.unet.path
    rounded = {
        f"{name}.weight": _rounded(layer.weight, path)
        for name, layer in network.named_modules()
        if isinstance(layer, nn.Conv2d | nn.Linear) and not _STAYING.fullmatch(name)
    }
    path = replace(path, convolve=_convolve, project=_project)
    return replace(model, unet=model.unet.on(share_weights(network, rounded), path))


def _rounded(weight: Tensor, path: Path) -> Tensor:
    largest = torch.finfo(EIGHT_BITS).max  # what is beyond would be no number
    within = dense(weight).clamp(-largest, largest)
    layout = path.layout if weight.dim() == 4 else torch.preserve_format
    return within.to(EIGHT_BITS, memory_format=layout)


def _convolve(conv: nn.Conv2d, x: Tensor, added: Tensor | None = None) -> Tensor:
    x, padding = wrapped(conv, x)
    weight = dense(conv.weight).to(x.dtype)
    result = conv2d(x, weight, conv.bias, conv.stride, padding, conv.dilation, conv.groups)
    return result if added is None else result.add_(added)


def _project(matrix: nn.Linear, x: Tensor, added: Tensor | None = None) -> Tensor:
    product = linear(x, matrix.weight.to(x.dtype), matrix.bias)
    return product if added is None else product.add_(added)
