"""Tests for the noise of a batch."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from velatura.diffusion.noise import NoiseRecipe, PictureNoise, mix_rows, paste_centred
from velatura.records import NoiseOptions, NoiseSource

RECORDED = json.loads(
    (Path(__file__).parents[1] / "golden" / "noise.json").read_text(encoding="utf-8")
)
SHAPE = (4, 8, 8)
SPAN = (0.03, 14.6)

sources = pytest.mark.parametrize("source", ["CPU", "NV", "GPU"])


def noise_of(*seeds: int, **options: Any) -> PictureNoise:
    extra = {key: options.pop(key) for key in tuple(options) if key.startswith("variation")}
    recipe = NoiseRecipe(
        seeds=seeds, shape=SHAPE, options=NoiseOptions(**options), span=SPAN, **extra
    )
    return PictureNoise(recipe)


@pytest.mark.parametrize("source", ["CPU", "NV"])
@pytest.mark.parametrize("seed", [0, 1, 1234, 4294967295, 1099511627781])
def test_draws_are_those_that_were_recorded(source: NoiseSource, seed: int) -> None:
    noise = noise_of(seed, source=source)
    for number, expected in enumerate(RECORDED[source][str(seed)]):
        drawn = noise.draw() if number else noise.first()
        assert drawn.flatten()[:6].tolist() == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("source", ["CPU", "NV"])
def test_mixed_seeds_are_those_that_were_recorded(source: NoiseSource) -> None:
    noise = noise_of(1, 2, source=source, variation_seeds=(5, 6), variation_strength=0.3)
    drawn = noise.first().flatten(1)[:, :6]
    for found, expected in zip(drawn.tolist(), RECORDED[source]["mixed"], strict=True):
        assert found == pytest.approx(expected, rel=1e-5)


@sources
def test_a_picture_draws_the_same_alone_and_in_a_batch(source: NoiseSource) -> None:
    batch, alone = noise_of(3, 4, 5, source=source), noise_of(4, source=source)
    assert torch.equal(batch.first()[1], alone.first()[0])
    assert torch.equal(batch.draw()[1], alone.draw()[0])
    assert torch.equal(batch.brownian()(5.0, 2.0)[1], alone.brownian()(5.0, 2.0)[0])


@sources
@pytest.mark.parametrize("ensd", [0, 31337])
def test_a_restored_noise_goes_on_where_it_was(source: NoiseSource, ensd: int) -> None:
    noise = noise_of(3, 4, source=source, ensd=ensd)
    noise.first()
    noise.draw()
    saved = noise.state()
    other = noise_of(3, 4, source=source, ensd=ensd)
    other.restore(saved)
    assert torch.equal(other.draw(), noise.draw())


def test_the_state_is_plain_data() -> None:
    state = noise_of(3, source="NV").state()
    assert state == {"0": bytes(8)}


def test_eta_noise_seed_delta_changes_all_but_the_first_noise() -> None:
    shifted, plain, elsewhere = noise_of(10, ensd=5), noise_of(10), noise_of(15)
    assert torch.equal(shifted.first(), plain.first())
    assert torch.equal(shifted.draw(), elsewhere.first())


def test_seeds_up_to_the_greatest_are_taken() -> None:
    for source in ("CPU", "NV"):
        greatest = noise_of(2**64 - 1, source=source, ensd=2**31)
        assert greatest.first().isfinite().all()
        assert greatest.draw().isfinite().all()


def test_a_batch_may_share_one_brownian_path() -> None:
    recipe = NoiseRecipe(seeds=(1, 2), shape=SHAPE, span=SPAN, picture_brownian=False)
    drawn = PictureNoise(recipe).brownian()(5.0, 2.0)
    assert drawn.shape == (2, *SHAPE)
    assert not torch.equal(drawn[0], drawn[1])


def test_brownian_increments_have_unit_variance_and_a_direction() -> None:
    increments = noise_of(*range(40)).brownian()
    down = increments(5.0, 2.0)
    assert down.std().item() == pytest.approx(1.0, abs=0.03)
    assert torch.equal(increments(2.0, 5.0), -down)


def test_strength_one_is_the_variation_seeds_own_noise() -> None:
    mixed = noise_of(1, variation_seeds=(9,), variation_strength=1.0)
    torch.testing.assert_close(mixed.first(), noise_of(9).first(), atol=1e-5, rtol=0)


def test_a_missing_variation_seed_counts_as_zero() -> None:
    missing = noise_of(1, variation_strength=0.5)
    zero = noise_of(1, variation_seeds=(0,), variation_strength=0.5)
    assert torch.equal(missing.first(), zero.first())


@given(st.floats(min_value=0.0, max_value=1.0))
def test_mixing_keeps_the_length_of_right_angled_rows(strength: float) -> None:
    noise, other = torch.zeros(1, 2, 1), torch.zeros(1, 2, 1)
    noise[0, 0, 0], other[0, 1, 0] = 2.0, 2.0
    mixed = mix_rows(noise, other, strength)
    assert mixed.norm().item() == pytest.approx(2.0, rel=1e-5)
    angle = math.atan2(mixed[0, 1, 0].item(), mixed[0, 0, 0].item())
    assert angle == pytest.approx(strength * math.pi / 2, abs=1e-5)


def test_parallel_noises_are_mixed_linearly_with_exchanged_roles() -> None:
    noise = torch.arange(1.0, 9.0).reshape(2, 2, 2)
    torch.testing.assert_close(mix_rows(noise, noise * 3, 0.25), noise * (0.25 + 3 * 0.75))


def test_smaller_noise_lies_in_the_middle_of_larger() -> None:
    noise = noise_of(1, resize_width=32, resize_height=48).first()[0]
    plain = noise_of(1).first()[0]
    small = torch.randn((4, 6, 4), generator=torch.Generator().manual_seed(1))
    assert torch.equal(noise[:, 1:7, 2:6], small)
    assert torch.equal(noise[:, 0], plain[:, 0])


def test_larger_noise_is_cut_to_its_middle() -> None:
    large = torch.arange(36.0).reshape(1, 6, 6)
    assert torch.equal(paste_centred(large, torch.zeros(1, 2, 2)), large[:, 2:4, 2:4])


def test_one_side_of_resize_alone_changes_nothing() -> None:
    assert torch.equal(noise_of(1, resize_width=128).first(), noise_of(1).first())
