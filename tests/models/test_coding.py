"""The fast walk through the autoencoder against diffusers' autoencoder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch

from benchmarks import peers
from velatura.models.architecture import VaeArchitecture
from velatura.models.coding import decode, encode
from velatura.models.layout import dense
from velatura.models.networks import build_vae
from velatura.models.paths import PATHS, PLAIN, Path
from velatura.models.vae_network import VaeNetwork

if TYPE_CHECKING:
    from torch import Tensor

SIZES = VaeArchitecture(channels=(32, 64), res_blocks=2)
EVERY_PATH = pytest.mark.parametrize("path", [PLAIN, *PATHS.values()], ids=["plain", *PATHS])


pytestmark = pytest.mark.usefixtures("without_gradients")


@pytest.fixture
def network() -> VaeNetwork:
    generator = torch.Generator().manual_seed(3)
    weights = {
        name: torch.randn(place.shape, generator=generator) * place[0].numel() ** -0.5
        for name, place in VaeNetwork(SIZES).named_parameters()
    }
    return build_vae("random", SIZES, weights)


def given(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(1))


def use_circular_padding(network: torch.nn.Module) -> None:
    for module in network.modules():
        if isinstance(module, torch.nn.Conv2d):
            module.padding_mode = "circular"


@EVERY_PATH
@pytest.mark.parametrize("is_circular", [False, True], ids=["with edges", "edges meet"])
def test_every_path_decodes_as_diffusers(
    network: VaeNetwork, path: Path, *, is_circular: bool
) -> None:
    peer = peers.vae(network)
    if is_circular:
        use_circular_padding(network)
        use_circular_padding(peer)
    latents = given(2, 4, 5, 7)
    expected = peer.decode(latents, return_dict=False)[0]  # pyright: ignore[reportArgumentType]
    found = decode(network, latents, path)
    assert found.is_contiguous()
    torch.testing.assert_close(found, expected, atol=5e-5, rtol=1e-5)


@EVERY_PATH
@pytest.mark.parametrize("size", [(16, 24), (17, 23)], ids=["even", "odd"])
def test_every_path_encodes_as_diffusers(
    network: VaeNetwork, path: Path, size: tuple[int, int]
) -> None:
    pixels = given(2, 3, *size)
    expected = peers.vae(network).encode(pixels, return_dict=False)[0].mode()
    found = encode(network, pixels, path)
    assert found.is_contiguous()
    torch.testing.assert_close(found, expected, atol=5e-5, rtol=1e-5)


def test_what_is_coded_stays_as_it_was(network: VaeNetwork) -> None:
    latents, pixels = given(1, 4, 8, 8), given(1, 3, 16, 16)
    before = latents.clone(), pixels.clone()
    decode(network, latents, PLAIN)
    encode(network, pixels, PLAIN)
    assert torch.equal(latents, before[0])
    assert torch.equal(pixels, before[1])


def test_a_processor_codes_in_its_kernels_layout(network: VaeNetwork) -> None:
    before = {name: weight.clone() for name, weight in network.named_parameters()}
    decode(network, given(1, 4, 8, 8), PATHS["cpu"])
    weights = dict(network.named_parameters())
    assert weights["decoder.conv_in.weight"].is_mkldnn
    assert all(torch.equal(dense(weight), before[name]) for name, weight in weights.items())
