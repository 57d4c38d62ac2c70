"""Pictures whose edges meet: convolutions that read on at the opposite edge."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from torch import nn

from velatura.models.networks import share_weights

if TYPE_CHECKING:
    from velatura.models.base import Model


def tiled(model: Model) -> Model:
    """The same model, on the same weights, with circular padding in U-Net and autoencoder.

    Both axes meet. ``model`` itself stays as it is.
    """
    unet = share_weights(model.unet.network, {})
    vae = share_weights(model.autoencoder.network, {})
    for network in (unet, vae):
        for module in network.modules():
            if isinstance(module, nn.Conv2d):
                module.padding_mode = "circular"
    return replace(
        model,
        unet=model.unet.on(unet),
        autoencoder=model.autoencoder.on(vae),
    )
