"""Tests for the part of a picture that stays."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor

from velatura.diffusion.masking import Masked, softly_mixed
from velatura.records import SoftInpainting

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


SOFT = SoftInpainting(bias=1.0, preservation=0.5, contrast=4.0)
LATENTS = torch.randn(1, 4, 2, 2, generator=torch.Generator().manual_seed(1))
OTHERS = torch.randn(1, 4, 2, 2, generator=torch.Generator().manual_seed(2))


def test_soft_blends_keep_both_ends() -> None:
    nothing, all_ = torch.zeros(2, 2), torch.ones(2, 2)
    assert torch.allclose(softly_mixed(LATENTS, OTHERS, nothing, 3.0, SOFT), LATENTS, atol=1e-4)
    assert torch.allclose(softly_mixed(LATENTS, OTHERS, all_, 3.0, SOFT), OTHERS, atol=1e-4)


def test_soft_blends_have_the_length_of_the_formula() -> None:
    level, mask = 2.0, torch.full((2, 2), 0.6)
    share = 0.6 ** (0.5 * level**1.0)
    lengths = [(1 - share) * LATENTS.norm(dim=1) ** 4, share * OTHERS.norm(dim=1) ** 4]
    blend = softly_mixed(LATENTS, OTHERS, mask, level, SOFT)
    assert torch.allclose(blend.norm(dim=1), sum(lengths) ** 0.25, rtol=1e-3)
    direction = LATENTS * (1 - share) + OTHERS * share
    assert torch.allclose(torch.cosine_similarity(blend, direction), torch.ones(1, 2, 2))


def test_soft_masks_hold_the_original_while_there_is_much_noise() -> None:
    mask = torch.full((2, 2), 0.5)
    early = softly_mixed(LATENTS, OTHERS, mask, 14.0, SOFT)
    late = softly_mixed(LATENTS, OTHERS, mask, 0.1, SOFT)
    assert (early - LATENTS).norm() < 0.2 * (late - LATENTS).norm()


def test_soft_masks_leave_the_last_latents_alone() -> None:
    hard = Masked(Doubling(), LEFT_HALF, ORIGINAL, "sigma")
    soft = Masked(Doubling(), LEFT_HALF, ORIGINAL, "sigma", SOFT)
    assert hard.finished(X)[0, 0].tolist() == [[1, 0], [1, 0]]
    assert torch.equal(soft.finished(X), X)
