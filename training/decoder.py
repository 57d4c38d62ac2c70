"""Stage 6: polish the decoder on whole pictures; the encoder stays as it is.

The latents that the denoiser learns from do not change, so this can run beside or after it. What it
buys are smooth outlines: a window of a picture, on which the autoencoder was trained, shows too
little of them. It sees the pictures of the autoencoder's training only, none that is kept for
measuring. Gives ``decoder.pt``, which is used where it is; run again to go on.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from training.autoencoder import (
    draw_crops,
    latents_of,
    mean_psnr,
    picture_loss,
    pool_files,
    write_pools,
)
from training.latents import load_autoencoder
from training.pace import Pace, learning_rate_at
from training.precision import fast_numbers
from training.recipe import Bench, open_bench, stage_parser
from training.team import Team, run_team

if TYPE_CHECKING:
    from torch import Tensor

SAVE_EVERY_S = 60.0


class DecoderTraining:
    """The decoder, its optimiser and how far the training is; saves and resumes."""

    def __init__(self, bench: Bench, team: Team) -> None:
        self.recipe, self.bfloat16 = bench.recipe.decoder, bench.recipe.bfloat16
        self.file = bench.work / "decoder.pt"
        self.device = torch.device(bench.recipe.device)
        self.network = load_autoencoder(bench).to(self.device)  # pyright: ignore[reportArgumentType]
        self.learned = [*self.network.decoder.parameters()]
        self.learned += self.network.post_quant_conv.parameters()  # pyright: ignore
        for parameter in self.learned:
            parameter.requires_grad_()
        self.optimiser = torch.optim.AdamW(self.learned, betas=(0.9, 0.99))
        self.pace = Pace(self.recipe.minutes * 60)
        if self.file.exists():
            self._resume(torch.load(self.file, weights_only=True))
        self.generator = torch.Generator().manual_seed(
            bench.recipe.seed + 1000 * team.rank + self.pace.steps
        )

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
        """Learn from a few pictures (``b 3 h w``, -1..1); return the mean absolute error."""
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate_at(self.pace, self.recipe.learning_rate, 20)
        pictures = pictures.to(self.device)
        with fast_numbers(self.device, bfloat16=self.bfloat16):
            (output,) = self.network.decode(
                latents_of(self.network, pictures),  # pyright: ignore[reportArgumentType]
                return_dict=False,
            )
        output = output.float()
        picture_loss(output, pictures, self.recipe).backward()
        torch.nn.utils.clip_grad_norm_(self.learned, 1.0)
        self.optimiser.step()
        self.optimiser.zero_grad()
        self.pace.count()
        return (output.detach() - pictures).abs().mean().item()


def train_decoder(bench: Bench, team: Team) -> None:
    """Train until the recipe's minutes are used up."""
    training, recipe = DecoderTraining(bench, team), bench.recipe.decoder
    pool, kept = (torch.from_numpy(np.load(file)) for file in pool_files(bench))
    saved_at, errors = time.monotonic(), list[float]()
    training.pace.start()
    while team.agree(training.pace.fraction()) < 1:
        for _ in range(recipe.steps_alone):
            pictures = draw_crops(pool, recipe.batch, pool.shape[2], training.generator)
            errors.append(training.step(pictures))
        team.average(training.learned)
        if team.leads and time.monotonic() - saved_at > SAVE_EVERY_S:
            training.save()
            print(f"{training.pace} mean absolute error {np.mean(errors):.4f}", flush=True)
            saved_at, errors = time.monotonic(), []
    if team.leads:
        training.save()
        psnr = mean_psnr(training.network, kept)
        print(f"{training.pace} held out: {psnr:.2f} dB", flush=True)


if __name__ == "__main__":
    opened = open_bench(stage_parser(__doc__).parse_args())
    write_pools(opened)
    run_team(train_decoder, opened, opened.recipe.workers)
