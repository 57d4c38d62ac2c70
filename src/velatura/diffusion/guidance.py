"""Classifier-free guidance: a network and prompts become a sampler's ``Denoise``.

With U the network's estimate under the negative prompt and C_p that under part p of the prompt,
of weight w_p, the guided estimate is ``U + s sum_p w_p (C_p - U)`` (Ho and Salimans 2022,
arXiv:2207.12598; several parts: Liu et al. 2022, arXiv:2206.01714).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from torch import Tensor

    from velatura.diffusion.denoisers import Denoiser
    from velatura.records import SamplingOptions

    Predict = Callable[[Tensor, Tensor, Tensor], Tensor]
    """Noisy latents (n c h w), times (n,) and contexts (n tokens width) to estimates (n c h w).

    Times lie on the host, whatever the device, so that nothing waits for the device to read them.
    Contexts that are the same are the same tensor from call to call.
    """

    Parts = tuple[tuple[float, Tensor], ...]
    """What to steer towards: weights, and contexts (tokens width)."""


class Conditioning(Protocol):
    """An encoded prompt, which may change from call to call."""

    def at(self, call: int) -> Parts:
        """The parts in force at a network call, counted from 0; at least one."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Guidance:
    """What to steer towards, and how hard.

    Attributes:
        positive: The prompt: one for all pictures, or one for each.
        negative: The negative prompt: one for all pictures, or one for each; of several parts
            only the first counts.
        scale: The guidance scale s.
        skip_until: Leave the negative prompt out for this first share of the calls.
        skip_below: Leave it out at every second call below this level; 0 is never.
        skip_all: ... and then at every call, not every second.
        calls: Network calls expected in all, which ``skip_until`` is a share of.
        pictures_per_call: How many pictures share a network call. With 1, a picture is computed
            the same way, to the last bit, whatever its neighbours.
    """

    positive: Conditioning | Sequence[Conditioning]
    negative: Conditioning | Sequence[Conditioning]
    scale: float
    skip_until: float = 0.0
    skip_below: float = 0.0
    skip_all: bool = False
    calls: int = 1
    pictures_per_call: int = 1

    def skips_negative(self, call: int, level: float) -> bool:
        """Whether the negative prompt is left out of a call."""
        if self.skip_until > 0 and call / self.calls <= self.skip_until:
            return True
        return level < self.skip_below and (self.skip_all or call % 2 == 1)


def guidance(
    positive: Conditioning | Sequence[Conditioning],
    negative: Conditioning | Sequence[Conditioning],
    scale: float,
    calls: int,
    options: SamplingOptions,
) -> Guidance:
    """The guidance a request asks for, on a machine that computes picture by picture."""
    return Guidance(
        positive=positive,
        negative=negative,
        scale=scale,
        skip_until=options.skip_guidance_until,
        skip_below=options.skip_guidance_below,
        skip_all=options.skip_guidance_all,
        calls=calls,
    )


class Row(NamedTuple):
    """One line of a network call: which picture, under which context."""

    picture: int
    context: Tensor


class Answers(NamedTuple):
    """The network's estimates for one picture, (c h w)."""

    base: Tensor
    parts: Sequence[Tensor]
    weights: Sequence[float]

    def steered(self, scale: float) -> Tensor:
        """``U + s sum_p w_p (C_p - U)``."""
        steered = self.base
        for weight, part in zip(self.weights, self.parts, strict=True):
            steered = steered + (part - self.base) * (weight * scale)
        return steered


@dataclass(slots=True)
class Guided:
    """A guided network (satisfies ``samplers.base.Denoise``).

    Attributes:
        predict: The network.
        denoiser: How to ask it and how to read it.
        guidance: What to steer towards.
        calls: Calls made so far, which prompts that change follow. Set it to go on from a saved
            state.
    """

    predict: Predict
    denoiser: Denoiser
    guidance: Guidance
    calls: int = 0
    _stacks: dict[tuple[int, ...], tuple[tuple[Tensor, ...], Tensor]] = field(
        default_factory=dict, init=False, repr=False
    )

    def __call__(self, x: Tensor, level: float) -> Tensor:
        """The guided estimate at ``x`` (b c h w)."""
        answers, scale = self._ask(x, level, 1.0)
        return self.denoiser.answer(x, _stack([a.steered(scale) for a in answers]), level)

    def branches(self, x: Tensor, level: float, scale_factor: float) -> tuple[Tensor, Tensor]:
        """The guided estimate with the guidance scale times ``scale_factor``, and the unguided."""
        answers, scale = self._ask(x, level, scale_factor)
        guided = _stack([a.steered(scale) for a in answers])
        unguided = _stack([a.base for a in answers])
        return self.denoiser.answer(x, guided, level), self.denoiser.answer(x, unguided, level)

    def alpha(self, level: float) -> float:
        """The share of signal power at a timestep."""
        return self.denoiser.levels.alpha(level)

    def _ask(self, x: Tensor, level: float, scale_factor: float) -> tuple[list[Answers], float]:
        """Every picture's answers to one call, and the scale that goes with them."""
        guidance = self.guidance
        skips = guidance.skips_negative(self.calls, level)
        shown, time = self.denoiser.question(x, level)
        answers: list[Answers] = []
        for start in range(0, x.shape[0], guidance.pictures_per_call):
            chunk = range(start, min(start + guidance.pictures_per_call, x.shape[0]))
            answers += self._ask_chunk(shown, time, chunk, skips)
        self.calls += 1
        return answers, 1.0 if skips else guidance.scale * scale_factor

    def _ask_chunk(self, shown: Tensor, time: float, chunk: range, skips: bool) -> list[Answers]:
        """The answers for pictures that share network calls."""
        prompts = [_pick(self.guidance.positive, picture).at(self.calls) for picture in chunk]
        rows = [
            Row(picture, context)
            for picture, prompt in zip(chunk, prompts, strict=True)
            for _, context in prompt
        ]
        if not skips:
            rows += [
                Row(picture, _pick(self.guidance.negative, picture).at(self.calls)[0][1])
                for picture in chunk
            ]
        estimates = self._predict(shown, time, rows)
        answers: list[Answers] = []
        for index, prompt in enumerate(prompts):
            parts = [estimates.pop(0) for _ in prompt]
            base = parts[0] if skips else estimates[index - len(chunk)]
            answers.append(Answers(base, parts, [weight for weight, _ in prompt]))
        return answers

    def _predict(self, shown: Tensor, time: float, rows: Sequence[Row]) -> list[Tensor]:
        """The network's estimate for each row; rows of one context length share a call."""
        import torch

        estimates: dict[int, Tensor] = {}
        for length in dict.fromkeys(row.context.shape[0] for row in rows):
            members = [i for i, row in enumerate(rows) if row.context.shape[0] == length]
            latents = torch.cat([shown[rows[i].picture][None] for i in members])
            times = torch.full((len(members),), time, dtype=latents.dtype)
            context = self._stacked(tuple(rows[i].context for i in members))
            estimates.update(zip(members, self.predict(latents, times, context), strict=True))
        return [estimates[i] for i in range(len(rows))]

    def _stacked(self, contexts: tuple[Tensor, ...]) -> Tensor:
        """The contexts stacked (n tokens width): the same tensor for the same contexts."""
        key = tuple(map(id, contexts))
        if key not in self._stacks:
            self._stacks[key] = contexts, _stack(contexts)
        return self._stacks[key][1]


def _pick(conditioning: Conditioning | Sequence[Conditioning], picture: int) -> Conditioning:
    return conditioning[picture] if isinstance(conditioning, Sequence) else conditioning


def _stack(tensors: Sequence[Tensor]) -> Tensor:
    import torch

    return torch.stack(list(tensors))
