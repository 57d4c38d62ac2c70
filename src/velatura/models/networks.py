"""Weights into networks.

Networks are built without memory (on torch's "meta" device) and then adopt the tensors as they were
read, so nothing is initialised or copied.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, TypeVar

import torch
from torch import nn

from velatura.models.adopt import adopt
from velatura.models.clip_network import ClipNetwork
from velatura.models.unet_network import UnetNetwork
from velatura.models.vae_network import VaeNetwork

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

    from velatura.models.architecture import TextArchitecture, UnetArchitecture, VaeArchitecture

Network = TypeVar("Network", bound=nn.Module)


def build_unet(
    source: object, sizes: UnetArchitecture, weights: Mapping[str, Tensor]
) -> UnetNetwork:
    """The denoising U-Net, with ``weights`` in diffusers names.

    Raises:
        BrokenModel: if weights are missing, left over, or of another shape.
    """
    with torch.device("meta"):
        network = UnetNetwork(sizes)
    return adopt(source, "U-Net", network, weights)


def build_vae(source: object, sizes: VaeArchitecture, weights: Mapping[str, Tensor]) -> VaeNetwork:
    """The autoencoder, with ``weights`` in diffusers names.

    Raises:
        BrokenModel: if weights are missing, left over, or of another shape.
    """
    with torch.device("meta"):
        network = VaeNetwork(sizes)
    return adopt(source, "autoencoder", network, weights)


def build_text_model(
    source: object, sizes: TextArchitecture, weights: Mapping[str, Tensor]
) -> ClipNetwork:
    """The CLIP text model, with ``weights`` in transformers' names (no ``text_model.`` prefix).

    Raises:
        BrokenModel: if weights are missing, left over, or of another shape.
    """
    with torch.device("meta"):
        network = ClipNetwork(sizes)
    return adopt(source, "text encoder", network, weights)


def share_weights(network: Network, changed: Mapping[str, Tensor]) -> Network:
    """A second network that shares every weight with ``network`` but those in ``changed``."""
    memo: dict[int, Any] = {}
    for name, parameter in network.named_parameters():
        own = name in changed
        shared = nn.Parameter(changed[name], requires_grad=False) if own else parameter
        memo[id(parameter)] = shared
    return deepcopy(network, memo)
