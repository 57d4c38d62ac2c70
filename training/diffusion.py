"""Stage 6: train the text model and the denoiser together, on latents and drawn captions.

The network predicts the noise (Ho et al. 2020, arXiv:2006.11239) with min-SNR weights; one caption
in ten is empty, which is what classifier-free guidance needs (Ho & Salimans 2022,
arXiv:2207.12598). What is kept is the moving average of the weights. Gives ``diffusion.pt``; run
again to go on where it stopped.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from training.captions import Scene, caption
from training.compose import read_scenes
from training.networks import build_text_model, build_unet
from training.noise_schedule import STEPS, add_noise, alphas_cumprod, min_snr_weight
from training.pace import Pace, learning_rate_at
from training.recipe import Bench, open_bench, stage_parser
from training.team import Team, run_team
from training.words import Lexicon, Words, lexicon_of, meaning_table

if TYPE_CHECKING:
    from torch import Tensor

SAVE_EVERY_S = 180.0


@dataclass(frozen=True, slots=True)
class Lesson:
    """Latents of one shape (unit variance, ``n 4 h w``) and what each of them shows."""

    latents: Tensor
    scenes: list[Scene]


def read_lesson(bench: Bench, shape: str) -> Lesson:
    """Read the latents of one shape, freed of their mean and deviation."""
    latents = torch.load(bench.work / "latents" / f"{shape}.pt", weights_only=True).float()
    scale = torch.load(bench.work / "latents/scale.pt", weights_only=True)
    mean, std = scale["mean"][:, None, None], scale["std"][:, None, None]
    return Lesson((latents - mean) / std, read_scenes(bench.work / "composed" / f"{shape}.json"))


class Denoiser(torch.nn.Module):
    """The two networks that learn: words to meaning, and noisy latents to noise."""

    def __init__(self, bench: Bench, vocabulary: int) -> None:
        super().__init__()
        recipe = bench.recipe
        self.text = build_text_model(recipe.text, vocabulary)
        self.unet = build_unet(recipe.unet, recipe.text.width, recipe.picture.size // 8)

    def forward(self, noisy: Tensor, times: Tensor, tokens: Tensor) -> Tensor:
        """Return the predicted noise."""
        # The text model's heads are so narrow that single precision is the faster one.
        with torch.autocast(noisy.device.type, enabled=False):
            meaning = self.text(input_ids=tokens).last_hidden_state
        (noise,) = self.unet(noisy, times, encoder_hidden_states=meaning, return_dict=False)
        return noise


def initial_denoiser(bench: Bench, words: Words, lexicon: Lexicon) -> Denoiser:
    """Return an untrained denoiser whose token table has a first meaning."""
    torch.manual_seed(bench.recipe.seed)  # noqa: TID251 - initial weights; seeded here once
    network = Denoiser(bench, len(lexicon))
    table = meaning_table(bench.work / "unpacked", words.vocabulary, bench.recipe.text.width)
    with torch.no_grad():
        network.text.get_input_embeddings().weight.copy_(  # pyright: ignore[reportCallIssue]
            table[lexicon.tokens]
        )
    return network


def caption_lexicon(bench: Bench, lessons: tuple[Lesson, ...], words: Words) -> Lexicon:
    """Return the tokens of a few captions of every scene."""
    rng = random.Random(bench.recipe.seed)
    texts = [caption(scene, rng) for lesson in lessons for scene in lesson.scenes for _ in "abc"]
    return lexicon_of(texts, words)


class DiffusionTraining:
    """The networks, their moving average, the optimiser and the progress; saves and resumes."""

    def __init__(self, bench: Bench, team: Team, lessons: tuple[Lesson, ...]) -> None:
        self.recipe = bench.recipe.diffusion
        self.file = bench.work / "diffusion.pt"
        self.words = Words(bench.work / "unpacked")
        self.lexicon = caption_lexicon(bench, lessons, self.words)
        self.network = initial_denoiser(bench, self.words, self.lexicon)
        self.average = {k: v.detach().clone() for k, v in self.network.named_parameters()}
        self.optimiser = torch.optim.AdamW(
            self.network.parameters(), betas=(0.9, 0.99), weight_decay=0.0, foreach=True
        )
        self.pace = Pace(self.recipe.minutes * 60)
        self.abar = alphas_cumprod()
        if self.file.exists():
            self._resume(torch.load(self.file, weights_only=True))
        seed = bench.recipe.seed + 1000 * team.rank + self.pace.steps
        self.generator = torch.Generator().manual_seed(seed)
        self.rng = random.Random(seed)

    def _resume(self, saved: dict[str, Any]) -> None:
        self.network.load_state_dict(saved["network"], strict=False)  # all but fixed buffers
        self.average = saved["average"]
        self.optimiser.load_state_dict(saved["optimiser"])
        self.pace.load_state_dict(saved["pace"])

    def save(self) -> None:
        """Write everything that is needed to go on; a half-written file replaces nothing."""
        state = {
            "lexicon": self.lexicon.tokens,
            "network": dict(self.network.named_parameters()),
            "average": self.average,
            "optimiser": self.optimiser.state_dict(),
            "pace": self.pace.state_dict(),
        }
        torch.save(state, self.file.with_suffix(".part"))
        self.file.with_suffix(".part").replace(self.file)

    def _captions(self, scenes: list[Scene]) -> Tensor:
        empty = self.recipe.empty_captions
        texts = ["" if self.rng.random() < empty else caption(s, self.rng) for s in scenes]
        return self.lexicon.places(self.words.tokens(texts))

    def loss(self, lesson: Lesson) -> Tensor:
        """Return the weighted error of the predicted noise on a drawn batch."""
        batch = self.recipe.batch
        rows = torch.randint(len(lesson.latents), (batch,), generator=self.generator)
        latents = lesson.latents[rows]
        noise = torch.randn(latents.shape, generator=self.generator)
        times = torch.randint(STEPS, (batch,), generator=self.generator)
        abar = self.abar[times]
        tokens = self._captions([lesson.scenes[row] for row in rows.tolist()])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            predicted = self.network(add_noise(latents, noise, abar), times, tokens)
        error = (predicted.float() - noise).square().mean(dim=(1, 2, 3))
        return (error * min_snr_weight(abar, self.recipe.min_snr_gamma)).mean()

    def step(self, lesson: Lesson) -> float:
        """Learn from one batch; return the loss."""
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate_at(self.pace, self.recipe.learning_rate, 150)
        loss = self.loss(lesson)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimiser.step()
        self.optimiser.zero_grad()
        self.pace.count()
        decay = min(self.recipe.ema_decay, (1 + self.pace.steps) / (10 + self.pace.steps))
        with torch.no_grad():
            current = dict(self.network.named_parameters())
            average = [self.average[name] for name in current]
            for mean, value in zip(average, current.values(), strict=True):
                mean.lerp_(value, 1 - decay)
        return loss.item()


def train_diffusion(bench: Bench, team: Team) -> None:
    """Train until the recipe's minutes are used up; tall pictures join on the way."""
    square, tall = read_lesson(bench, "square"), read_lesson(bench, "tall")
    training = DiffusionTraining(bench, team, (square, tall))
    recipe = bench.recipe.diffusion
    saved_at, losses = time.monotonic(), list[float]()
    training.pace.start()
    while (used := team.agree(training.pace.fraction())) < 1:
        for _ in range(recipe.steps_alone):
            is_tall = used > recipe.tall_from and training.rng.random() < recipe.tall_share
            losses.append(training.step(tall if is_tall else square))
        team.average(training.network.parameters())
        if team.leads and time.monotonic() - saved_at > SAVE_EVERY_S:
            training.save()
            saved_at = time.monotonic()
            print(f"{training.pace} loss {np.mean(losses):.4f}", flush=True)
            losses = []
    if team.leads:
        training.save()
        print(f"{training.pace} done", flush=True)


if __name__ == "__main__":
    opened = open_bench(stage_parser(__doc__).parse_args())
    run_team(train_diffusion, opened, opened.recipe.workers)
