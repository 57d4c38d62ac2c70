from __future__ import annotations

import pytest
import torch
from torch import nn

from velatura.models.group_norm import normalise_groups

pytestmark = pytest.mark.usefixtures("without_gradients")

SHAPES = {
    "small": (2, 32, 4, 4),
    "one group of one": (1, 8, 3, 5),
    "many pixels": (1, 32, 256, 256),
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("mean", [0.0, 1000.0])
def test_groups_have_the_mean_and_deviation_they_are_told(
    shape: tuple[int, int, int, int], mean: float
) -> None:
    generator = torch.Generator().manual_seed(9)
    norm = nn.GroupNorm(8, shape[1])
    norm.weight.uniform_(0.5, 2, generator=generator)
    norm.bias.normal_(generator=generator)
    x = torch.randn(shape, generator=generator) * 3 + mean
    x = x.contiguous(memory_format=torch.channels_last)
    before = x.clone()
    found = normalise_groups(norm, x)
    exact = norm.double()(x.double())
    torch.testing.assert_close(found.double(), exact, atol=2e-6 * max(mean, 3), rtol=1e-5)
    assert torch.equal(x, before)
    assert found.is_contiguous(memory_format=torch.channels_last)


def test_features_that_are_all_the_same_become_the_bias() -> None:
    norm = nn.GroupNorm(2, 4)
    norm.bias.copy_(torch.arange(4.0))
    x = torch.full((1, 4, 5, 5), 7.0).contiguous(memory_format=torch.channels_last)
    found = normalise_groups(norm, x)
    torch.testing.assert_close(found[0, :, 0, 0], torch.arange(4.0))
