"""The networks hold what diffusers' and transformers' hold, by the same names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch

from benchmarks import peers
from velatura.models.architecture import TextArchitecture, UnetArchitecture, VaeArchitecture
from velatura.models.clip_network import ClipNetwork
from velatura.models.unet_network import UnetNetwork
from velatura.models.vae_network import VaeNetwork

if TYPE_CHECKING:
    from torch import nn

UNETS = {
    "Stable Diffusion 1.5": UnetArchitecture(),
    "inpainting": UnetArchitecture(in_channels=9),
    "matrices around transformers": UnetArchitecture(linear_projection=True, context_width=1024),
    "one level": UnetArchitecture(channels=(64,), res_blocks=(2,), attention=(True,), depth=(1,)),
    "uneven": UnetArchitecture(
        channels=(32, 96, 64), res_blocks=(1, 3, 2), attention=(False, True, False), depth=(1, 3, 2)
    ),
}
VAES = {
    "Stable Diffusion 1.5": VaeArchitecture(),
    "small": VaeArchitecture(channels=(32, 64, 32), res_blocks=1, latent_channels=8),
    "one level": VaeArchitecture(channels=(32,), res_blocks=3),
}
TEXTS = {
    "Stable Diffusion 1.5": TextArchitecture(),
    "small": TextArchitecture(width=32, layers=2, intermediate=48, heads=4, vocabulary=99),
}


def shapes(network: nn.Module) -> dict[str, tuple[int, ...]]:
    return {name: tuple(weight.shape) for name, weight in network.state_dict().items()}


@pytest.mark.parametrize("sizes", UNETS.values(), ids=UNETS)
def test_the_unet_has_the_weights_of_diffusers(sizes: UnetArchitecture) -> None:
    with torch.device("meta"):
        network = UnetNetwork(sizes)
    assert shapes(network) == shapes(peers.empty_unet(sizes))


@pytest.mark.parametrize("sizes", VAES.values(), ids=VAES)
def test_the_autoencoder_has_the_weights_of_diffusers(sizes: VaeArchitecture) -> None:
    with torch.device("meta"):
        network = VaeNetwork(sizes)
    assert shapes(network) == shapes(peers.empty_vae(sizes))


@pytest.mark.parametrize("sizes", TEXTS.values(), ids=TEXTS)
def test_the_text_model_has_the_weights_of_transformers(sizes: TextArchitecture) -> None:
    with torch.device("meta"):
        network = ClipNetwork(sizes)
    assert shapes(network) == shapes(peers.empty_text_model(sizes))
