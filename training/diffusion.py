"""Stage 7: train the text model and the denoiser together, on latents and drawn captions.

The network predicts the noise (Ho et al. 2020, arXiv:2006.11239); one caption in ten is empty,
which is what classifier-free guidance needs (Ho & Salimans 2022, arXiv:2207.12598). What is kept is
the moving average of the weights. Gives ``diffusion.pt``; run again to go on where it stopped.

With ``--variant NAME`` it goes on from there with the pictures of a variant's styles, and gives
``NAME.pt``; the text model stays as it is.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from training.captions import Scene, caption
from training.denoiser import initial_denoiser
from training.lessons import Lesson, caption_lexicon, read_lessons
from training.noise_schedule import add_noise, alphas_cumprod, draw_times, noise_weight
from training.pace import Pace, learning_rate_at
from training.precision import fast_numbers
from training.recipe import Bench, open_bench, stage_parser
from training.team import Team, run_team
from training.words import Lexicon, Words

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

    from training.recipe import Variant

SAVE_EVERY_S = 150.0


@dataclass(frozen=True, slots=True)
class Course:
    """What one run of the training is: the generalist's, or a variant's."""

    file: Path
    learning_rate: float
    hold: float
    minutes: float
    warmup_steps: int = 100
    unnamed_style: float = 0.0
    variant: Variant | None = None


def course_of(bench: Bench, name: str) -> Course:
    """Return the course of a variant, or of the generalist where the name is empty."""
    recipe = bench.recipe.diffusion
    if not name:
        file = bench.work / "diffusion.pt"
        return Course(file, recipe.learning_rate, recipe.hold, recipe.minutes)
    variants = {variant.name: variant for variant in bench.recipe.variants}
    if name not in variants:
        raise ValueError(f"no variant {name!r} in the recipe, which has {sorted(variants)}")
    chosen = variants[name]
    return Course(
        file=bench.work / f"{name}.pt",
        learning_rate=chosen.learning_rate,
        hold=0.0,
        minutes=chosen.minutes,
        warmup_steps=10,
        unnamed_style=chosen.unnamed_style,
        variant=chosen,
    )


class DiffusionTraining:
    """The networks, their moving average, the optimiser and the progress; saves and resumes."""

    def __init__(
        self, bench: Bench, team: Team, course: Course, lessons: dict[str, Lesson]
    ) -> None:
        self.recipe, self.bfloat16 = bench.recipe.diffusion, bench.recipe.bfloat16
        self.course = course
        self.device = torch.device(bench.recipe.device)
        self.words = Words(bench.work / "unpacked")
        self.lexicon = self._lexicon(bench, lessons)
        self.network = initial_denoiser(bench, self.words, self.lexicon).to(self.device)
        self.pace = Pace(course.minutes * 60)
        if course.variant:
            self._begin_variant(torch.load(bench.work / "diffusion.pt", weights_only=True))
        self.average = {k: v.detach().clone() for k, v in self.network.named_parameters()}
        learned = [p for p in self.network.parameters() if p.requires_grad]
        self.learned = learned
        self.optimiser = torch.optim.AdamW(
            self._groups(), betas=(0.9, 0.99), weight_decay=0.0, foreach=True
        )
        if course.file.exists():
            saved = torch.load(course.file, weights_only=True, map_location=self.device)
            self._resume(saved)
        seed = bench.recipe.seed + 1000 * team.rank + self.pace.steps
        self.generator = torch.Generator().manual_seed(seed)
        self.rng = random.Random(seed)

    def _groups(self) -> list[dict[str, Any]]:
        """Return what is learned in two groups: what reads the words learns faster."""
        readers = [m for n, m in self.network.unet.named_modules() if n.endswith(".attn2")]
        reading = [parameter for module in readers for parameter in module.parameters()]
        known = {id(parameter) for parameter in reading}
        rest = [parameter for parameter in self.learned if id(parameter) not in known]
        return [
            {"params": rest, "factor": 1.0},
            {"params": reading, "factor": self.recipe.reading_rate},
        ]

    def _lexicon(self, bench: Bench, lessons: dict[str, Lesson]) -> Lexicon:
        """Return the words of the captions; a variant, and a run that goes on, keep theirs."""
        begun = bench.work / "diffusion.pt"
        if self.course.variant or begun.exists():
            return Lexicon(torch.load(begun, weights_only=True, map_location="cpu")["lexicon"])
        return caption_lexicon(bench, lessons, self.words)

    def _begin_variant(self, saved: dict[str, Any]) -> None:
        self.network.load_state_dict(saved["average"], strict=False)  # all but fixed buffers
        self.network.text.requires_grad_(requires_grad=False)

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
        part = self.course.file.with_suffix(".part")
        torch.save(state, part)
        part.replace(self.course.file)

    def _caption(self, scene: Scene) -> str:
        if self.rng.random() < self.recipe.empty_captions:
            return ""
        return caption(scene, self.rng, self.course.unnamed_style)

    def loss(self, lesson: Lesson) -> Tensor:
        """Return the weighted error of the predicted noise on a drawn batch."""
        batch, recipe = self.recipe.batch, self.recipe
        rows = torch.randint(len(lesson.latents), (batch,), generator=self.generator)
        latents = lesson.latents[rows].to(self.device)
        noise = torch.randn(latents.shape, generator=self.generator).to(self.device)
        times = draw_times(batch, recipe.noise_centre, recipe.noise_spread, self.generator)
        abar = alphas_cumprod()[times].to(self.device)
        texts = [self._caption(lesson.scenes[row]) for row in rows.tolist()]
        tokens = self.lexicon.places(self.words.tokens(texts)).to(self.device)
        with fast_numbers(self.device, bfloat16=self.bfloat16):
            predicted = self.network(add_noise(latents, noise, abar), times.to(self.device), tokens)
        error = (predicted.float() - noise).square().mean(dim=(1, 2, 3))
        return (error * noise_weight(abar, recipe.min_snr_gamma, recipe.most_weight)).mean()

    def step(self, lesson: Lesson) -> float:
        """Learn from one batch; return the loss."""
        rate = learning_rate_at(
            self.pace, self.course.learning_rate, self.course.warmup_steps, self.course.hold
        )
        for group in self.optimiser.param_groups:
            group["lr"] = rate * group["factor"]
        loss = self.loss(lesson)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.learned, 1.0)
        self.optimiser.step()
        self.optimiser.zero_grad()
        self.pace.count()
        self._average()
        return loss.item()

    @torch.no_grad()
    def _average(self) -> None:
        """Move the average a little towards the weights as they are."""
        decay = min(self.recipe.ema_decay, (1 + self.pace.steps) / (10 + self.pace.steps))
        current = dict(self.network.named_parameters())
        for name, value in current.items():
            self.average[name].lerp_(value, 1 - decay)


def train_diffusion(bench: Bench, team: Team, variant: str = "") -> None:
    """Train until the recipe's minutes are used up."""
    course = course_of(bench, variant)
    lessons = read_lessons(bench)
    if course.variant:
        lessons = {shape: part.of_styles(course.variant.styles) for shape, part in lessons.items()}
    training = DiffusionTraining(bench, team, course, lessons)
    recipe = bench.recipe.diffusion
    shares = {"tall": recipe.tall_share, "wide": recipe.wide_share}
    shares["square"] = 1 - sum(shares.values())
    saved_at, losses = time.monotonic(), list[float]()
    training.pace.start()
    while team.agree(training.pace.fraction()) < 1:
        for _ in range(recipe.steps_alone):
            (shape,) = training.rng.choices(list(shares), list(shares.values()))
            losses.append(training.step(lessons[shape]))
        team.average(training.learned)
        if team.leads and time.monotonic() - saved_at > SAVE_EVERY_S:
            training.save()
            saved_at = time.monotonic()
            print(f"{training.pace} loss {np.mean(losses):.4f}", flush=True)
            losses = []
    if team.leads:
        training.save()
        print(f"{training.pace} done", flush=True)


if __name__ == "__main__":
    parser = stage_parser(__doc__)
    parser.add_argument("--variant", default="", help="a variant of the recipe")
    options = parser.parse_args()
    opened = open_bench(options)
    run_team(partial(train_diffusion, variant=options.variant), opened, opened.recipe.workers)
