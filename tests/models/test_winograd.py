from __future__ import annotations

from typing import TYPE_CHECKING
from unittest.mock import Mock, sentinel

import pytest
import torch
from torch import nn

from velatura.models import winograd
from velatura.models.paths import PATHS
from velatura.models.winograd import LEAST_CHANNELS, KeptMatrices, Winograd, transformed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

CHANNELS = LEAST_CHANNELS

pytestmark = pytest.mark.usefixtures("without_gradients")


def features(size: tuple[int, int], batch: int = 1, channels: int = CHANNELS) -> Tensor:
    generator = torch.Generator().manual_seed(5)
    x = torch.randn(batch, channels, *size, generator=generator)
    return x.contiguous(memory_format=torch.channels_last)


def by_tiles(conv: nn.Conv2d, x: Tensor, added: Tensor | None = None) -> Tensor:
    """What it gives; it must not leave it to another."""
    otherwise = Mock(side_effect=AssertionError("convolved in another way"))
    return Winograd(otherwise, transformed)(conv, x, added)


@pytest.mark.parametrize("mode", ["zeros", "circular"])
@pytest.mark.parametrize(
    "size", [(32, 32), (34, 66), (200, 68), (16, 512)], ids=["one strip", "wide", "strips", "low"]
)
def test_tiles_give_what_the_convolution_gives(size: tuple[int, int], mode: str) -> None:
    conv = nn.Conv2d(CHANNELS, CHANNELS + 32, 3, padding=1, padding_mode=mode)
    x = features(size, batch=2)
    exact = nn.Conv2d.__call__(conv.double(), x.double())
    torch.testing.assert_close(by_tiles(conv.float(), x).double(), exact, atol=1e-5, rtol=1e-5)


def test_tiles_are_as_near_to_the_exact_result_as_pytorch_is() -> None:
    conv, x = nn.Conv2d(512, CHANNELS, 3, padding=1), features((32, 32), channels=512)
    straight = conv(x)
    found = by_tiles(conv, x)
    exact = conv.double()(x.double())
    assert (found - exact).square().mean() < 4 * (straight - exact).square().mean()


def test_what_is_added_is_added_and_stays_as_it_was() -> None:
    conv, x = nn.Conv2d(CHANNELS, CHANNELS, 3, padding=1, bias=False), features((32, 32))
    added = features((32, 32)).sin()
    before = added.clone()
    torch.testing.assert_close(by_tiles(conv, x, added), conv(x) + before, atol=1e-5, rtol=1e-5)
    assert torch.equal(added, before)


def test_results_lie_channels_last() -> None:
    conv = nn.Conv2d(CHANNELS, CHANNELS, 3, padding=1)
    assert by_tiles(conv, features((32, 32))).is_contiguous(memory_format=torch.channels_last)


OTHERS = {
    "1×1": (nn.Conv2d(CHANNELS, CHANNELS, 1), (32, 32)),
    "by two": (nn.Conv2d(CHANNELS, CHANNELS, 3, padding=1, stride=2), (32, 32)),
    "not padded": (nn.Conv2d(CHANNELS, CHANNELS, 3), (32, 32)),
    "in groups": (nn.Conv2d(CHANNELS, CHANNELS, 3, padding=1, groups=2), (32, 32)),
    "few channels read": (nn.Conv2d(4, CHANNELS, 3, padding=1), (32, 32)),
    "few channels made": (nn.Conv2d(CHANNELS, 4, 3, padding=1), (32, 32)),
    "few pixels": (nn.Conv2d(CHANNELS, CHANNELS, 3, padding=1), (16, 16)),
    "half a tile": (nn.Conv2d(CHANNELS, CHANNELS, 3, padding=1), (33, 34)),
}


@pytest.mark.parametrize(("conv", "size"), OTHERS.values(), ids=OTHERS)
def test_every_other_convolution_is_left_to_another(conv: nn.Conv2d, size: tuple[int, int]) -> None:
    x = features(size, channels=conv.in_channels)
    otherwise = Mock(return_value=sentinel.result)
    assert Winograd(otherwise, transformed)(conv, x, sentinel.added) is sentinel.result
    otherwise.assert_called_once_with(conv, x, sentinel.added)


@pytest.fixture
def transforms(monkeypatch: pytest.MonkeyPatch) -> list[Tensor]:
    """The weights that were transformed."""
    seen: list[Tensor] = []

    def transform(weight: Tensor, rows: int) -> Sequence[Tensor]:
        seen.append(weight)
        return transformed(weight, rows)

    monkeypatch.setattr(winograd, "transformed", transform)
    return seen


def weight_of(channels: int) -> Tensor:
    return nn.Conv2d(channels, channels, 3).weight


def test_matrices_are_made_once_until_they_are_forgotten(transforms: list[Tensor]) -> None:
    kept, weight = KeptMatrices(2**20), weight_of(32)
    first = kept.transform(weight, 64)
    assert kept.transform(weight, 64) is first
    assert len(transforms) == 1
    kept.forget()
    kept.transform(weight, 64)
    assert len(transforms) == 2


def test_matrices_beyond_the_budget_are_made_at_every_call(transforms: list[Tensor]) -> None:
    small, large = weight_of(16), weight_of(64)
    kept = KeptMatrices(16 * 16 * 16 * 4)
    for _ in range(2):
        kept.transform(large, 64)
        kept.transform(small, 64)
    assert [len(weight) for weight in transforms] == [64, 16, 64]


def test_no_matrices_are_kept_where_memory_is_short(
    transforms: list[Tensor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("velatura.models.room.SMALL", 0)
    monkeypatch.setattr("velatura.models.room.free_bytes", lambda _: 2**20)
    kept, weight = KeptMatrices(2**20), weight_of(32)
    for _ in range(2):
        kept.transform(weight, 64)
    assert len(transforms) == 2


def test_matrices_of_a_weight_that_is_gone_are_never_those_of_another() -> None:
    kept = KeptMatrices(2**30)
    for value in range(20):
        weight = torch.full((16, 16, 3, 3), float(value))
        assert kept.transform(weight, 64)[0].to_dense()[0, 0] == value


def test_a_weight_in_the_kernels_layout_gives_the_same_matrices() -> None:
    conv, x = nn.Conv2d(32, 32, 3, padding=1), features((16, 16), channels=32)
    plain = [matrix.to_dense() for matrix in transformed(conv.weight, 64)]
    PATHS["cpu, bfloat16"].convolve(conv, x, None)
    assert conv.weight.is_mkldnn
    assert all(map(torch.equal, plain, (m.to_dense() for m in transformed(conv.weight, 64))))
