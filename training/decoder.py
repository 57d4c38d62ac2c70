"""Stage 6: polish the decoder on whole pictures, from the latents as they are; the encoder stays.

The latents that the denoiser learns from do not change, so this can run beside or after it. What it
buys are smooth outlines: a window of a picture, on which the autoencoder was trained, shows too
little of them. Gives ``decoder.pt``, which is used where it is; run again to go on.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from training.autoencoder import picture_loss
from training.latents import load_autoencoder
from training.pace import Pace, learning_rate_at
from training.recipe import Bench, open_bench, stage_parser

if TYPE_CHECKING:
    from torch import Tensor

SAVE_EVERY_S = 60.0


class DecoderTraining:
    """The decoder, its optimiser and how far the training is; saves and resumes."""

    def __init__(self, bench: Bench) -> None:
        self.recipe = bench.recipe.decoder
        self.file = bench.work / "decoder.pt"
        self.network = load_autoencoder(bench)
        self.learned = [*self.network.decoder.parameters()]
        self.learned += self.network.post_quant_conv.parameters()  # pyright: ignore
        for parameter in self.learned:
            parameter.requires_grad_()
        self.optimiser = torch.optim.AdamW(self.learned, betas=(0.9, 0.99))
        self.pace = Pace(self.recipe.minutes * 60)
        if self.file.exists():
            self._resume(torch.load(self.file, weights_only=True))
        self.generator = torch.Generator().manual_seed(bench.recipe.seed + self.pace.steps)

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

    def step(self, latents: Tensor, pixels: np.ndarray) -> float:
        """Learn from a few pictures; return the mean absolute error."""
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate_at(self.pace, self.recipe.learning_rate, 20)
        rows = torch.randint(len(latents), (self.recipe.batch,), generator=self.generator)
        target = torch.from_numpy(pixels[rows.numpy()]).permute(0, 3, 1, 2).float() / 127.5 - 1
        with torch.autocast("cpu", dtype=torch.bfloat16):
            (output,) = self.network.decode(
                latents[rows].float(),  # pyright: ignore[reportArgumentType]
                return_dict=False,
            )
        output = output.float()
        picture_loss(output, target.contiguous(), self.recipe).backward()
        torch.nn.utils.clip_grad_norm_(self.learned, 1.0)
        self.optimiser.step()
        self.optimiser.zero_grad()
        self.pace.count()
        return (output.detach() - target).abs().mean().item()


def train_decoder(bench: Bench) -> None:
    """Train until the recipe's minutes are used up."""
    training = DecoderTraining(bench)
    latents = torch.load(bench.work / "latents/square.pt", weights_only=True)
    pixels = np.load(bench.work / "composed/square.npy", mmap_mode="r")
    saved_at, errors = time.monotonic(), list[float]()
    training.pace.start()
    while training.pace.fraction() < 1:
        errors.append(training.step(latents, pixels))
        if time.monotonic() - saved_at > SAVE_EVERY_S:
            training.save()
            print(f"{training.pace} mean absolute error {np.mean(errors):.4f}", flush=True)
            saved_at, errors = time.monotonic(), []
    training.save()


if __name__ == "__main__":
    train_decoder(open_bench(stage_parser(__doc__).parse_args()))
