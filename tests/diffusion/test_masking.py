"""Tests for the part of a picture that stays."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor

from velatura.diffusion.masking import Masked

ORIGINAL = torch.zeros(1, 4, 2, 2)
LEFT_HALF = torch.tensor([[1.0, 0.0], [1.0, 0.0]])
X = torch.ones(1, 4, 2, 2)


@dataclass
class Doubling:
    """A ``Denoise`` that doubles; notes what it was asked."""

    asked: list[Tensor] = field(default_factory=list)

    def __call__(self, x: Tensor, level: float) -> Tensor:
        del level
        self.asked.append(x)
        return x * 2

    def branches(self, x: Tensor, level: float, scale_factor: float) -> tuple[Tensor, Tensor]:
        return self(x, level) * scale_factor, self(x, level)

    def alpha(self, level: float) -> float:
        return level / 2


def test_sigma_samplers_get_the_original_in_the_estimate() -> None:
    inner = Doubling()
    masked = Masked(inner, LEFT_HALF, ORIGINAL, "sigma")
    assert masked(X, 1.0)[0, 0].tolist() == [[2, 0], [2, 0]]
    assert [part[0, 0].tolist() for part in masked.branches(X, 1.0, 0.5)] == [
        [[1, 0], [1, 0]],
        [[2, 0], [2, 0]],
    ]
    assert all(torch.equal(x, X) for x in inner.asked)


def test_timestep_samplers_ask_at_the_original() -> None:
    inner = Doubling()
    masked = Masked(inner, LEFT_HALF, ORIGINAL, "timestep")
    masked(X, 1.0)
    masked.branches(X, 1.0, 0.5)
    assert all(x[0, 0].tolist() == [[1, 0], [1, 0]] for x in inner.asked)
    assert masked.alpha(1.0) == 0.5


def test_half_a_mask_blends() -> None:
    masked = Masked(Doubling(), torch.tensor(0.5), ORIGINAL, "sigma")
    assert masked.blended(X, 1.0)[0, 0, 0, 0] == 0.5
