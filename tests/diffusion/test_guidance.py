"""Tests for guidance, with a small network that computes as a real one does."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest
import torch
from torch import Tensor

from velatura.diffusion.denoisers import SigmaDenoiser, TimestepDenoiser
from velatura.diffusion.guidance import Guidance, Guided, guidance
from velatura.diffusion.noise_levels import model_levels
from velatura.records import SamplingOptions

LEVELS = model_levels(SamplingOptions())


@dataclass(frozen=True)
class Words:
    """A conditioning by hand: per call the parts, the last ones for all calls after."""

    entries: tuple[tuple[tuple[float, Tensor], ...], ...]

    def at(self, call: int) -> tuple[tuple[float, Tensor], ...]:
        return self.entries[min(call, len(self.entries) - 1)]


@dataclass
class Network:
    """A convolution, shifted by time and context; notes what it was asked."""

    asked: list[tuple[int, int]] = field(default_factory=list)
    contexts: list[Tensor] = field(default_factory=list)

    def __call__(self, x: Tensor, t: Tensor, context: Tensor) -> Tensor:
        self.asked.append((x.shape[0], context.shape[1]))
        self.contexts.append(context)
        weight = torch.randn((4, 4, 3, 3), generator=torch.Generator().manual_seed(0))
        shift = context.mean((1, 2)) + t / 1000
        return torch.nn.functional.conv2d(x, weight, padding=1).tanh() + shift[:, None, None, None]


def words(seed: int, tokens: int = 77, weight: float = 1.0) -> Words:
    generator = torch.Generator().manual_seed(seed)
    return Words((((weight, torch.randn((tokens, 8), generator=generator)),),))


def latents(batch: int) -> Tensor:
    return torch.randn((batch, 4, 8, 8), generator=torch.Generator().manual_seed(1))


def guided(positive: object, negative: object, scale: float = 7.0, **options: object) -> Guided:
    what = Guidance(positive=positive, negative=negative, scale=scale)  # pyright: ignore[reportArgumentType]
    return Guided(Network(), SigmaDenoiser(LEVELS), replace(what, **options))  # pyright: ignore[reportArgumentType]


def estimate(prompt: Words, x: Tensor, sigma: float) -> Tensor:
    """The clean estimate under one prompt alone."""
    return guided(prompt, prompt, 1.0)(x, sigma)


def test_guidance_steers_away_from_the_negative_prompt() -> None:
    x, prompt, negative = latents(1), words(1), words(2)
    found = guided(prompt, negative, 7.0)(x, 3.0)
    base = estimate(negative, x, 3.0)
    torch.testing.assert_close(found, base + 7 * (estimate(prompt, x, 3.0) - base))


def test_parts_of_a_prompt_add_up_by_weight() -> None:
    x, first, second, negative = latents(1), words(1), words(2), words(3)
    both = Words(((first.at(0)[0], (0.5, second.at(0)[0][1])),))
    base = estimate(negative, x, 3.0)
    expected = base + 7 * (estimate(first, x, 3.0) - base)
    expected = expected + 3.5 * (estimate(second, x, 3.0) - base)
    torch.testing.assert_close(guided(both, negative)(x, 3.0), expected)


@pytest.mark.parametrize("tokens", [77, 154])
def test_a_picture_is_the_same_alone_and_in_a_batch(tokens: int) -> None:
    x, prompt, negative = latents(3), words(1), words(2, tokens)
    batch = guided(prompt, negative)(x, 3.0)
    for picture in range(3):
        alone = guided(prompt, negative)(x[picture : picture + 1], 3.0)
        assert torch.equal(batch[picture], alone[0])


def test_pictures_may_have_prompts_of_their_own() -> None:
    x, prompts, negatives = latents(2), [words(1), words(2)], [words(3), words(4, 154)]
    batch = guided(prompts, negatives)(x, 3.0)
    for picture in range(2):
        alone = guided(prompts[picture], negatives[picture])(x[picture : picture + 1], 3.0)
        assert torch.equal(batch[picture], alone[0])


@pytest.mark.parametrize("tokens", [77, 154])
def test_pictures_may_share_network_calls(tokens: int) -> None:
    x, prompt, negative = latents(5), words(1), words(2, tokens)
    together = guided(prompt, negative, pictures_per_call=2)
    torch.testing.assert_close(together(x, 3.0), guided(prompt, negative)(x, 3.0))
    assert isinstance(together.predict, Network)
    rows = sum(count for count, _ in together.predict.asked)
    assert rows == 10


def test_equal_lengths_share_a_call_and_unequal_ones_do_not() -> None:
    equal, unequal = guided(words(1), words(2)), guided(words(1), words(2, 154))
    equal(latents(1), 3.0)
    unequal(latents(1), 3.0)
    assert isinstance(equal.predict, Network)
    assert isinstance(unequal.predict, Network)
    assert equal.predict.asked == [(2, 77)]
    assert unequal.predict.asked == [(1, 77), (1, 154)]


def test_calls_are_counted_and_choose_the_prompt() -> None:
    first, second, negative = words(1), words(2), words(3)
    changing = guided(Words((*first.entries, *second.entries)), negative)
    x = latents(1)
    changing(x, 3.0)
    assert changing.calls == 1
    assert torch.equal(changing(x, 3.0), guided(second, negative)(x, 3.0))
    changing.calls = 0
    assert torch.equal(changing(x, 3.0), guided(first, negative)(x, 3.0))


def test_contexts_are_stacked_once_while_they_stay_the_same() -> None:
    denoise = guided(words(1), words(2))
    denoise(latents(2), 3.0)
    denoise(latents(2), 2.0)
    assert isinstance(denoise.predict, Network)
    stacks = denoise.predict.contexts
    assert stacks[0] is stacks[2]
    assert stacks[1] is stacks[3]


def test_scale_one_still_asks_about_the_negative_prompt() -> None:
    denoise = guided(words(1), words(2), 1.0)
    denoise(latents(1), 3.0)
    assert isinstance(denoise.predict, Network)
    assert denoise.predict.asked == [(2, 77)]


def test_the_negative_prompt_is_left_out_of_the_first_calls() -> None:
    x, prompt = latents(1), words(1)
    denoise = guided(prompt, words(2), skip_until=0.25, calls=8)
    for call in range(4):
        found = denoise(x, 3.0)
        assert torch.allclose(found, estimate(prompt, x, 3.0), atol=1e-4) == (call <= 2)


@pytest.mark.parametrize(("every", "expected"), [(False, [1, 2, 1, 2]), (True, [1, 1, 1, 1])])
def test_the_negative_prompt_is_left_out_at_low_noise(every: bool, expected: list[int]) -> None:
    denoise = guided(words(1), words(2), skip_below=2.0, skip_all=every)
    for level in (3.0, 1.0, 1.0, 1.0, 1.0):
        denoise(latents(1), level)
    assert isinstance(denoise.predict, Network)
    assert [count for count, _ in denoise.predict.asked] == [2, *expected]


def test_branches_scale_the_guidance_and_give_the_unguided() -> None:
    x, prompt, negative = latents(2), words(1), words(2)
    steered, base = guided(prompt, negative, 7.0).branches(x, 3.0, 0.5)
    assert torch.equal(steered, guided(prompt, negative, 3.5)(x, 3.0))
    torch.testing.assert_close(base, estimate(negative, x, 3.0))


def test_timesteps_are_guided_in_the_noise() -> None:
    x, prompt, negative = latents(1), words(1), words(2)
    what = Guidance(positive=prompt, negative=negative, scale=7.0)
    found = Guided(Network(), TimestepDenoiser(LEVELS), what)(x, 501.0)
    rows = Network()(
        torch.cat([x, x]),
        torch.full((2,), 501.0),
        torch.stack([prompt.at(0)[0][1], negative.at(0)[0][1]]),
    )
    torch.testing.assert_close(found[0], rows[1] + 7 * (rows[0] - rows[1]))


def test_a_requests_options_become_guidance() -> None:
    options = SamplingOptions(skip_guidance_until=0.1, skip_guidance_below=2.0)
    what = guidance(words(1), words(2), 7.0, 20, options)
    assert (what.skip_until, what.skip_below, what.skip_all) == (0.1, 2.0, False)
    assert (what.calls, what.pictures_per_call) == (20, 1)
