"""Stage 3: train the autoencoder on crops of composed pictures.

Loss: mean absolute error of colours, plus that of their horizontal and vertical differences
(sharp edges), plus the squared error of colours and of each latent cell's mean colour, plus a small
Kullback-Leibler term (Kingma & Welling 2013, arXiv:1312.6114). Where it goes on from an earlier
checkpoint, plus the squared distance from that one's latents: as the picture can be rebuilt from
latents turned in any way, a small weight keeps them as the denoiser knows them.
Gives ``autoencoder.pt``; run again to go on where it stopped. The learning rate follows the share
of the recipe's minutes that is used up, so the recipe fits any machine.
"""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.nn.functional import avg_pool2d

from training.first_guess import make_first_guess
from training.networks import build_autoencoder
from training.pace import Pace, learning_rate_at
from training.precision import fast_numbers
from training.recipe import Bench, open_bench, stage_parser
from training.scenes import crop_scene, draw_background, draw_place, paint_background, paste
from training.sprites import open_sprite, read_index
from training.start import started_autoencoder
from training.team import Team, run_team

if TYPE_CHECKING:
    from pathlib import Path

    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
    from torch import Tensor

    from training.recipe import AutoencoderRecipe, DecoderRecipe

    LossWeights = AutoencoderRecipe | DecoderRecipe

HELD_OUT = 20  # one picture in so many is kept for measuring
SAVE_EVERY_S = 90.0


def compose_pool(bench: Bench, count: int, *, held_out: bool) -> np.ndarray:
    """Compose pictures without captions: ``n 3 h w``, 0..255, uint8."""
    side = bench.recipe.picture.size
    folder, size = bench.work / "sprites", (side, side)
    chosen = [s for i, s in enumerate(read_index(folder)) if (i % HELD_OUT == 0) == held_out]
    rng = random.Random(bench.recipe.seed + held_out)
    rng.shuffle(chosen)
    pictures: list[np.ndarray] = []
    for number in range(count):
        sprite = chosen[number % len(chosen)]
        source = open_sprite(folder, sprite)
        if sprite.kind == "scene":
            picture = crop_scene(source, size, rng)
        else:
            canvas = paint_background(draw_background(rng), size, rng)
            picture = paste(canvas, source, draw_place(size, rng))
        pictures.append(np.asarray(picture))
    return np.ascontiguousarray(np.stack(pictures).transpose(0, 3, 1, 2))


def pool_files(bench: Bench) -> tuple[Path, Path]:
    """Return the files with the pictures to learn from and the ones kept for measuring."""
    return bench.work / "pool.npy", bench.work / "pool-held-out.npy"


def write_pools(bench: Bench) -> None:
    """Compose the pictures once, before the workers start."""
    counts = (bench.recipe.autoencoder.pool, 96)
    for file, count, held_out in zip(pool_files(bench), counts, (False, True), strict=True):
        if not file.exists():
            np.save(file, compose_pool(bench, count, held_out=held_out))


def draw_crops(pool: Tensor, batch: int, side: int, generator: torch.Generator) -> Tensor:
    """Return random crops, half of them mirrored: ``b 3 s s``, -1..1."""
    height = pool.shape[2]
    numbers = torch.randint(len(pool), (batch,), generator=generator)
    corners = torch.randint(height - side + 1, (batch, 2), generator=generator).tolist()
    crops = [
        pool[n, :, y : y + side, x : x + side]
        for n, (y, x) in zip(numbers.tolist(), corners, strict=True)
    ]
    stacked = torch.stack(crops).float() / 127.5 - 1
    mirror = torch.rand(batch, generator=generator)[:, None, None, None] < 0.5
    return torch.where(mirror, stacked.flip(3), stacked)


def reconstruction_loss(output: Tensor, target: Tensor, gradient_weight: float) -> Tensor:
    """Return the mean absolute error of colours and of their differences."""
    error = output - target
    across = (error[..., :, 1:] - error[..., :, :-1]).abs().mean()
    down = (error[..., 1:, :] - error[..., :-1, :]).abs().mean()
    return error.abs().mean() + gradient_weight * (across + down)


def colour_loss(output: Tensor, target: Tensor) -> Tensor:
    """Return the mean squared error of the mean colours of 8×8 blocks, one to a latent cell."""
    return (avg_pool2d(output, 8) - avg_pool2d(target, 8)).square().mean()


def picture_loss(output: Tensor, target: Tensor, weights: LossWeights) -> Tensor:
    """Return how far pictures are from what they should be, all terms together."""
    return (
        reconstruction_loss(output, target, weights.gradient_weight)
        + weights.square_weight * (output - target).square().mean()
        + weights.colour_weight * colour_loss(output, target)
    )


def kl_loss(mean: Tensor, log_variance: Tensor) -> Tensor:
    """Return KL(N(mean, variance) || N(0, 1)) per latent number, in nats."""
    return 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).mean()


@torch.no_grad()
def latents_of(network: AutoencoderKL, pictures: Tensor) -> Tensor:
    """Return the means of the latents of pictures, ``b 3 h w`` of -1..1: ``b 4 h/8 w/8``."""
    (posterior,) = network.encode(pictures, return_dict=False)  # pyright: ignore[reportArgumentType]
    return posterior.mean


@torch.no_grad()
def mean_psnr(network: AutoencoderKL, pictures: Tensor) -> float:
    """Return the mean peak signal-to-noise ratio over pictures, in dB."""
    values: list[float] = []
    for batch in pictures.split(16):
        target = batch.to(network.device).float() / 127.5 - 1
        output = network.decode(latents_of(network, target), return_dict=False)[0].clamp(-1, 1)  # pyright: ignore[reportArgumentType]
        error = ((output - target) / 2).square().mean(dim=(1, 2, 3))
        values += (-10 * error.log10()).tolist()
    return float(np.mean(values))


class AutoencoderTraining:
    """The network, its optimiser and how far the training is; saves and resumes."""

    def __init__(self, bench: Bench, team: Team) -> None:
        self.recipe, self.bfloat16 = bench.recipe.autoencoder, bench.recipe.bfloat16
        self.file = bench.work / "autoencoder.pt"
        torch.manual_seed(bench.recipe.seed)  # noqa: TID251 - initial weights; seeded here once
        self.device = torch.device(bench.recipe.device)
        self.network = build_autoencoder(self.recipe).to(self.device)  # pyright: ignore[reportArgumentType]
        self.optimiser = torch.optim.AdamW(self.network.parameters(), betas=(0.9, 0.99))
        self.pace = Pace(self.recipe.minutes * 60)
        self.generator = torch.Generator().manual_seed(bench.recipe.seed)
        self.start = started_autoencoder(bench)
        if self.file.exists():
            self._resume(torch.load(self.file, weights_only=True, map_location=self.device))
        elif self.start is not None:
            self.network.load_state_dict(self.start.state_dict())
        else:
            pictures = torch.from_numpy(np.load(pool_files(bench)[0])[:32]).float()
            make_first_guess(self.network, pictures / 127.5 - 1)
        self.generator.manual_seed(bench.recipe.seed + 1000 * team.rank + self.pace.steps)
        self.whole = _Pass(self.network)

    def _resume(self, saved: dict[str, Any]) -> None:
        self.network.load_state_dict(saved["network"])
        self.optimiser.load_state_dict(saved["optimiser"])
        self.pace.load_state_dict(saved["pace"])

    def save(self) -> None:
        """Write everything that is needed to go on; a half-written file replaces nothing."""
        state = {
            "network": self.network.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "pace": self.pace.state_dict(),
        }
        torch.save(state, self.file.with_suffix(".part"))
        self.file.with_suffix(".part").replace(self.file)

    def step(self, pictures: Tensor) -> float:
        """Learn from one batch; return the reconstruction loss."""
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate_at(self.pace, self.recipe.learning_rate)
        noise = torch.randn(
            len(pictures), 4, pictures.shape[2] // 8, pictures.shape[3] // 8,
            generator=self.generator,
        )  # fmt: skip
        pictures = pictures.to(self.device)
        with fast_numbers(self.device, bfloat16=self.bfloat16):
            output, mean, log_variance = self.whole(pictures, noise.to(self.device))
        close = picture_loss(output.float(), pictures, self.recipe)
        loss = close + self.recipe.kl_weight * kl_loss(mean.float(), log_variance.float())
        if self.start is not None:
            before = latents_of(self.start, pictures)
            loss = loss + self.recipe.stay_weight * (mean - before).square().mean()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimiser.step()
        self.optimiser.zero_grad()
        self.pace.count()
        return close.item()


class _Pass(torch.nn.Module):
    """Encode, draw a latent, decode."""

    def __init__(self, network: AutoencoderKL) -> None:
        super().__init__()
        self.network = network

    def forward(self, pictures: Tensor, noise: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the picture again, and the mean and log variance of its latents."""
        moments = self.network.quant_conv(self.network.encoder(pictures))  # pyright: ignore
        mean, log_variance = moments.chunk(2, dim=1)
        log_variance = log_variance.clamp(-30, 20)
        latents = mean + torch.exp(0.5 * log_variance) * noise
        output = self.network.decoder(self.network.post_quant_conv(latents))  # pyright: ignore
        return output, mean, log_variance


def train_autoencoder(bench: Bench, team: Team) -> None:
    """Train until the recipe's minutes are used up; measure at the end."""
    training, recipe = AutoencoderTraining(bench, team), bench.recipe.autoencoder
    pool, kept = (torch.from_numpy(np.load(file)) for file in pool_files(bench))
    saved_at, losses = time.monotonic(), list[float]()
    training.pace.start()
    while team.agree(training.pace.fraction()) < 1:
        for _ in range(recipe.steps_alone):
            crops = draw_crops(pool, recipe.batch, recipe.crop, training.generator)
            losses.append(training.step(crops))
        team.average(training.network.parameters())
        if team.leads and time.monotonic() - saved_at > SAVE_EVERY_S:
            training.save()
            saved_at, psnr = time.monotonic(), mean_psnr(training.network, kept[:16])
            print(f"{training.pace} loss {np.mean(losses):.4f}, {psnr:.2f} dB", flush=True)
            losses = []
    if team.leads:
        training.save()
        print(f"{training.pace} held out: {mean_psnr(training.network, kept):.2f} dB", flush=True)


if __name__ == "__main__":
    opened = open_bench(stage_parser(__doc__).parse_args())
    write_pools(opened)
    run_team(train_autoencoder, opened, opened.recipe.workers)
