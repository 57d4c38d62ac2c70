"""The autoencoder where memory is short."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
import torch

from velatura.models.coding import decode, encode
from velatura.models.tiling import tiled

if TYPE_CHECKING:
    from velatura.models.base import Model
    from velatura.models.paths import Path
    from velatura.models.vae_network import VaeNetwork

DECODE = "velatura.models.autoencoder.decode"
HEIGHT, WIDTH = 40, 56


pytestmark = pytest.mark.usefixtures("without_gradients")


@pytest.fixture
def latents() -> torch.Tensor:
    generator = torch.Generator().manual_seed(4)
    return torch.randn(4, HEIGHT, WIDTH, generator=generator)


def leave_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("velatura.models.room.SMALL", 0)
    monkeypatch.setattr("velatura.models.room.free_bytes", lambda _: 0)


def test_tiles_give_nearly_what_the_whole_gives(
    model: Model, latents: torch.Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    autoencoder = model.autoencoder
    whole = autoencoder.decode(latents)
    back = autoencoder.encode(whole)
    leave_nothing(monkeypatch)
    assert autoencoder.tiles(HEIGHT, WIDTH).count > 1
    pieces = autoencoder.decode(latents)
    assert pieces.shape == whole.shape == (3, HEIGHT * 8, WIDTH * 8)
    assert 0 < (pieces - whole).abs().mean() < 0.1 * whole.std()
    assert (autoencoder.encode(whole) - back).abs().mean() < 0.1 * back.std()


def test_pixels_left_over_are_seen_in_one_piece_and_in_tiles(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    pixels = torch.rand(3, 40 * 8 + 3, 56 * 8 + 5) * 2 - 1
    autoencoder = model.autoencoder
    whole = encode(autoencoder.network, pixels[None], autoencoder.path)[0] * autoencoder.scale
    assert torch.equal(autoencoder.encode(pixels), whole)
    leave_nothing(monkeypatch)
    assert (autoencoder.encode(pixels) - whole).abs().mean() < 0.1 * whole.std()


def test_tiles_are_as_large_as_memory_allows(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    autoencoder = model.autoencoder
    monkeypatch.setattr("velatura.models.room.SMALL", 0)
    areas: list[int] = []
    for free in (2**16, 2**27, 2**29, 2**40):
        monkeypatch.setattr("velatura.models.room.free_bytes", lambda _, free=free: free)
        grid = autoencoder.tiles(400, 300)
        areas.append(grid.width * grid.height)
    assert areas == sorted(set(areas))
    assert (areas[0] <= 32**2, areas[-1]) == (True, 400 * 300)


def test_a_picture_whose_edges_meet_stays_whole(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave_nothing(monkeypatch)
    autoencoder = tiled(model).autoencoder
    assert autoencoder.tiles(HEIGHT, WIDTH).count == 1

    def short(*_: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(DECODE, short)
    with pytest.raises(torch.OutOfMemoryError):
        autoencoder.decode(torch.zeros(4, HEIGHT, WIDTH))


def test_what_does_not_fit_after_all_is_made_in_the_smallest_tiles(
    model: Model, latents: torch.Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[tuple[int, int]] = []
    errors: list[object] = []

    def short(network: VaeNetwork, scaled: torch.Tensor, path: Path) -> torch.Tensor:
        sizes.append((scaled.shape[2], scaled.shape[3]))
        errors.append(sys.exception())
        if scaled.shape[3] > 32:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return decode(network, scaled, path)

    monkeypatch.setattr(DECODE, short)
    assert model.autoencoder.decode(latents).shape == (3, HEIGHT * 8, WIDTH * 8)
    assert sizes[0] == (HEIGHT, WIDTH)
    assert set(errors) == {None}  # one that is at hand holds the memory of what failed
    assert all(max(size) <= 32 for size in sizes[1:])
    network, path = model.autoencoder.network, model.autoencoder.path
    monkeypatch.setattr(DECODE, lambda *_: short(network, torch.zeros(1, 4, 99, 99), path))
    with pytest.raises(torch.OutOfMemoryError):
        model.autoencoder.decode(latents)
