from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from velatura.upscalers import upscale, upscaling
from velatura.upscalers.compact import CompactArchitecture, CompactNet
from velatura.upscalers.network import PixelNetwork, network_upscaler
from velatura.upscalers.rrdb import RRDBArchitecture, RRDBNet
from velatura.upscalers.tiles import tile_grid

Weights = dict[str, np.ndarray]


def filled(network: nn.Module, seed: int = 1) -> nn.Module:
    """The network with random weights, neither vanishing nor exploding."""
    generator = torch.Generator().manual_seed(seed)
    for parameter in network.parameters():
        values = torch.randn(parameter.shape, generator=generator)
        fan_in = parameter[0].numel()
        parameter.data = values / max(1, fan_in) ** 0.5
    return network.eval().requires_grad_(False)


def noise(width: int, height: int, channels: int = 3) -> np.ndarray:
    return np.random.default_rng(9).integers(0, 256, (height, width, channels), np.uint8)


class Numbers:
    """The networks again, in plain numbers of double precision, from the papers' formulas."""

    def __init__(self, network: nn.Module) -> None:
        self.weights: Weights = {
            name: value.double().numpy() for name, value in network.state_dict().items()
        }

    def conv(self, name: str, x: np.ndarray) -> np.ndarray:
        """out[o, y, x] = bias[o] + sum over i, dy, dx of weight[o, i, dy, dx] in[i, y+dy, x+dx]."""
        weight, bias = self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]
        padded = np.pad(x, ((0, 0), (1, 1), (1, 1)))
        height, width = x.shape[1:]
        out = np.zeros((len(bias), height, width)) + bias[:, None, None]
        for dy in range(3):
            for dx in range(3):
                window = padded[:, dy : dy + height, dx : dx + width]
                out += np.einsum("oi,ihw->ohw", weight[:, :, dy, dx], window)
        return out

    def rrdb(self, x: np.ndarray, blocks: int, doublings: int, unshuffle: int) -> np.ndarray:
        """Figure 4 of the ESRGAN paper."""
        height, width = x.shape[1] // unshuffle, x.shape[2] // unshuffle
        squares = x.reshape(3, height, unshuffle, width, unshuffle).transpose(0, 2, 4, 1, 3)
        first = self.conv("conv_first", squares.reshape(-1, height, width))
        trunk = first
        for block in range(blocks):
            inner = trunk
            for dense in (1, 2, 3):
                inner = self.dense(f"body.{block}.rdb{dense}", inner)
            trunk = trunk + 0.2 * inner
        features = first + self.conv("conv_body", trunk)
        for index in range(doublings):
            doubled = features.repeat(2, 1).repeat(2, 2)
            features = leaky(self.conv(f"conv_up{index + 1}", doubled))
        return self.conv("conv_last", leaky(self.conv("conv_hr", features)))

    def dense(self, name: str, x: np.ndarray) -> np.ndarray:
        seen = [x]
        for index in (1, 2, 3, 4):
            seen.append(leaky(self.conv(f"{name}.conv{index}", np.concatenate(seen))))
        return x + 0.2 * self.conv(f"{name}.conv5", np.concatenate(seen))

    def compact(self, x: np.ndarray, convolutions: int, scale: int) -> np.ndarray:
        features = x
        for index in range(convolutions + 1):
            features = self.conv(f"body.{2 * index}", features)
            slopes = self.weights[f"body.{2 * index + 1}.weight"][:, None, None]
            features = np.where(features > 0, features, slopes * features)
        features = self.conv(f"body.{2 * convolutions + 2}", features)
        height, width = x.shape[1:]
        squares = features.reshape(3, scale, scale, height, width).transpose(0, 3, 1, 4, 2)
        large = squares.reshape(3, height * scale, width * scale)
        return large + x.repeat(scale, 1).repeat(scale, 2)


def leaky(x: np.ndarray) -> np.ndarray:
    return np.where(x > 0, x, 0.2 * x)


@pytest.mark.parametrize(("doublings", "unshuffle"), [(2, 1), (2, 2), (1, 1), (3, 1), (2, 4)])
def test_the_residual_network_computes_the_papers_formulas(doublings: int, unshuffle: int) -> None:
    architecture = RRDBArchitecture(
        features=6, growth=3, blocks=2, doublings=doublings, unshuffle=unshuffle
    )
    network = filled(RRDBNet(architecture))
    picture = torch.rand(1, 3, 8, 12, generator=torch.Generator().manual_seed(2))
    ours = network(picture)[0].numpy()
    wanted = Numbers(network).rrdb(picture[0].double().numpy(), 2, doublings, unshuffle)
    assert ours.shape == (3, 8 * architecture.scale, 12 * architecture.scale)
    np.testing.assert_allclose(ours, wanted, atol=1e-5)


@pytest.mark.parametrize("scale", [1, 2, 4])
def test_the_compact_network_computes_its_formulas(scale: int) -> None:
    architecture = CompactArchitecture(features=5, convolutions=2, scale=scale)
    network = filled(CompactNet(architecture))
    picture = torch.rand(1, 3, 5, 7, generator=torch.Generator().manual_seed(2))
    wanted = Numbers(network).compact(picture[0].double().numpy(), 2, scale)
    np.testing.assert_allclose(network(picture)[0].numpy(), wanted, atol=1e-5)


def test_pictures_of_a_batch_are_enlarged_as_if_alone() -> None:
    network = filled(RRDBNet(RRDBArchitecture(features=6, growth=3, blocks=1)))
    pictures = torch.rand(2, 3, 6, 6, generator=torch.Generator().manual_seed(2))
    both = network(pictures)
    for picture, large in zip(pictures, both, strict=True):
        torch.testing.assert_close(network(picture[None])[0], large)


class Curve(nn.Module):
    """Doubles a picture and bends its values."""

    def __init__(self, factor: float, shift: float) -> None:
        super().__init__()
        self.factor = nn.Parameter(torch.tensor(factor))
        self.shift = shift
        self.sizes: list[tuple[int, ...]] = []

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.sizes.append(tuple(x.shape[2:]))
        return x.repeat_interleave(2, 2).repeat_interleave(2, 3) * self.factor + self.shift


def test_values_are_clamped_and_rounded_not_truncated() -> None:
    pixels = np.array([[[0, 100, 255]]], np.uint8)
    for shift, wanted in ((0.6 / 255, [1, 101, 255]), (-0.6 / 255, [0, 99, 254])):
        large = PixelNetwork(module=Curve(1.0, shift), scale=2).enlarge(pixels)
        assert large[0, 0].tolist() == wanted
    assert PixelNetwork(module=Curve(1.0, float("nan")), scale=2).enlarge(pixels).max() == 0


def test_colours_stay_in_the_order_red_green_blue() -> None:
    pixels = np.array([[[200, 100, 50]]], np.uint8)
    network = PixelNetwork(module=Curve(1.0, 0.0), scale=2)
    assert upscale(pixels, 8, network_upscaler("x", network))[0, 0].tolist() == [200, 100, 50]


@pytest.mark.parametrize(("width", "height"), [(1, 1), (3, 5), (4, 7), (8, 8)])
def test_sides_that_do_not_suit_a_network_are_filled_up_and_cut_again(
    width: int, height: int
) -> None:
    curve = Curve(1.0, 0.0)
    pixels = noise(width, height)
    large = PixelNetwork(module=curve, scale=2, multiple=4).enlarge(pixels)
    np.testing.assert_array_equal(large, pixels.repeat(2, 0).repeat(2, 1))
    assert all(side % 4 == 0 for side in curve.sizes[0])


def test_another_way_to_call_a_network_is_used_where_it_is_given() -> None:
    network = PixelNetwork(module=Curve(1.0, 0.0), scale=2, run=Curve(0.0, 1.0))
    assert network.enlarge(noise(2, 2)).min() == 255


def test_alpha_is_enlarged_beside_the_colours() -> None:
    pixels = noise(12, 10, 4)
    network = network_upscaler("x", PixelNetwork(module=Curve(1.0, 0.0), scale=2))
    large = upscale(pixels, 2, network, multiple=1)
    assert large.shape == (20, 24, 4)
    np.testing.assert_array_equal(large[..., :3], pixels[..., :3].repeat(2, 0).repeat(2, 1))
    assert np.abs(large[::2, ::2, 3].astype(int) - pixels[..., 3]).mean() < 40


def near_edges(starts: tuple[int, ...], part: int, reach: int, length: int) -> np.ndarray:
    """Which of so many lines lie within ``reach`` of where a tile ends inside the picture."""
    lines = np.zeros(length, bool)
    for start in starts[1:]:
        lines[start : start + reach] = True
    for start in starts[:-1]:
        lines[start + part - reach : start + part] = True
    return lines


def test_tiles_equal_the_whole_but_for_where_they_cannot_see_enough() -> None:
    """Four convolutions see four pixels."""
    network = filled(CompactNet(CompactArchitecture(features=8, convolutions=2, scale=2)))
    whole = PixelNetwork(module=network, scale=2)
    pixels = noise(60, 40)
    grid = tile_grid(60, 40, tile=32, overlap=12)
    tiled = network_upscaler("x", whole, tile=32, overlap=12)
    steps = list(upscaling(pixels, 2, tiled, multiple=1))
    assert steps == [(done, grid.count) for done in range(1, grid.count + 1)]
    differing = (upscale(pixels, 2, tiled, multiple=1) != whole.enlarge(pixels)).any(axis=2)
    columns = near_edges(grid.lefts, grid.width, 4, 60).repeat(2)
    rows = near_edges(grid.tops, grid.height, 4, 40).repeat(2)
    assert grid.count == 6
    assert differing.any()
    assert not differing[np.ix_(~rows, ~columns)].any()
