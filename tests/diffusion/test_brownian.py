"""Tests for Brownian paths."""

from __future__ import annotations

import random
import warnings

import pytest
import torch
from torch import Tensor

from velatura.diffusion.brownian import BrownianPath

LOW, HIGH = 0.0291675, 14.614643


def normal(seed: int) -> Tensor:
    return torch.randn((4, 3, 5), generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("seed", [0, 1234, 2**32 + 5])
def test_increments_are_those_of_torchsde(seed: int) -> None:
    torchsde = pytest.importorskip("torchsde")
    tree = torchsde.BrownianTree(LOW, torch.zeros(4, 3, 5), HIGH, entropy=seed)
    path = BrownianPath(LOW, HIGH, seed, normal)
    draw = random.Random(1)
    queries = [sorted((draw.uniform(LOW, HIGH), draw.uniform(LOW, HIGH))) for _ in range(30)]
    queries += [[LOW, HIGH], [LOW, 1.0], [1.0, HIGH], [1.0, 1.0000005]]
    for start, end in queries:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = tree(start, end)
        assert torch.equal(path.increment(start, end), expected), (start, end)


def test_an_increment_does_not_depend_on_what_was_asked_before() -> None:
    path, other = (BrownianPath(LOW, HIGH, 7, normal) for _ in range(2))
    for k in range(60):
        path.increment(0.1 + k / 10, 0.2 + k / 10)
    assert torch.equal(path.increment(3.3, 4.4), other.increment(3.3, 4.4))


def test_increments_add_up() -> None:
    path = BrownianPath(LOW, HIGH, 7, normal)
    parts = path.increment(1.0, 2.5) + path.increment(2.5, 6.0)
    torch.testing.assert_close(parts, path.increment(1.0, 6.0))


def test_times_outside_belong_to_the_nearest_end() -> None:
    path = BrownianPath(LOW, HIGH, 7, normal)
    assert torch.equal(path.increment(0.0, 20.0), path.increment(LOW, HIGH))
    assert torch.equal(path.increment(15.0, 20.0), torch.zeros(4, 3, 5))


def test_the_variance_of_an_increment_is_its_length() -> None:
    increments = torch.stack(
        [BrownianPath(0.0, 10.0, seed, normal).increment(2.0, 5.0) for seed in range(200)]
    )
    assert increments.mean().item() == pytest.approx(0.0, abs=0.05)
    assert increments.var().item() == pytest.approx(3.0, rel=0.05)
