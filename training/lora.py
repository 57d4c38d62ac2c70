"""Stage 8: a LoRA that teaches the generalist a style it lacks: blueprints.

The line art among the composed pictures is turned into white lines on a blue grid; for every matrix
and convolution of the denoiser a product of two small ones is learned (Hu et al. 2021,
arXiv:2106.09685), everything else stays as it is. Gives ``lora.pt``; run again to go on where it
stopped. The export writes it under kohya's names.
"""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from training.captions import STYLES, caption
from training.compose import read_scenes
from training.latents import encode, load_autoencoder
from training.lessons import Lesson
from training.noise_schedule import add_noise, alphas_cumprod, draw_times, noise_weight
from training.pace import Pace, learning_rate_at
from training.precision import fast_numbers
from training.recipe import Bench, open_bench, stage_parser
from training.sample import load_denoiser
from training.words import Words

if TYPE_CHECKING:
    from torch import Tensor

    from training.captions import Scene

BLUE, PALE = (24.0, 62.0, 138.0), (58.0, 98.0, 172.0)  # the paper, and the grid on it
GRID = 16  # pixels between two lines of the grid
SAVE_EVERY_S = 60.0


def as_blueprint(pictures: np.ndarray) -> np.ndarray:
    """Return line art, ``n h w 3`` bytes, as white lines on blue paper with a grid."""
    height, width = pictures.shape[1:3]
    paper = np.empty((height, width, 3), np.float32)
    paper[:] = BLUE
    paper[::GRID], paper[:, ::GRID] = PALE, PALE
    ink = 1 - pictures.mean(-1, keepdims=True, dtype=np.float32) / 255
    ink = np.clip(1.2 * (ink - 0.08), 0, 1)  # paper that is not quite white leaves no trace
    return (paper + (255 - paper) * ink).round().astype(np.uint8)


def say_blueprint(scene: Scene, rng: random.Random) -> str:
    """Say what is shown, mostly calling it a blueprint."""
    words = caption(scene, rng)
    for name in sorted(STYLES[scene.style], key=len, reverse=True):
        if rng.random() < 0.7:
            words = words.replace(name, "blueprint")
    return words


class LowRank(nn.Module):
    """What is added to a layer: a product of two small matrices, or of a convolution and one."""

    def __init__(self, layer: nn.Linear | nn.Conv2d, rank: int) -> None:
        super().__init__()
        if isinstance(layer, nn.Linear):
            self.down: nn.Module = nn.Linear(layer.in_features, rank, bias=False)
            self.up: nn.Module = nn.Linear(rank, layer.out_features, bias=False)
        else:
            self.down = nn.Conv2d(
                layer.in_channels,
                rank,
                layer.kernel_size,  # pyright: ignore[reportArgumentType]
                layer.stride,  # pyright: ignore[reportArgumentType]
                layer.padding,  # pyright: ignore[reportArgumentType]
                bias=False,
            )
            self.up = nn.Conv2d(rank, layer.out_channels, 1, bias=False)
        nn.init.zeros_(self.up.weight)  # pyright: ignore[reportArgumentType] - nothing at first

    def forward(self, _: nn.Module, given: tuple[Tensor, ...], output: Tensor) -> Tensor:
        """Add to a layer's output, as a hook of that layer."""
        return output + self.up(self.down(given[0]))


def attach(network: nn.Module, rank: int) -> dict[str, LowRank]:
    """Hang a low-rank part on every matrix and convolution that is not smaller than it."""
    parts: dict[str, LowRank] = {}
    for name, layer in network.named_modules():
        if isinstance(layer, nn.Linear | nn.Conv2d) and min(layer.weight.shape[:2]) > rank:
            parts[name] = LowRank(layer, rank)
            layer.register_forward_hook(parts[name])
    return parts


def kohya_file(parts: dict[str, LowRank], rank: int) -> dict[str, Tensor]:
    """Return the weights, half precision, under the names that kohya's trainer gives."""
    weights: dict[str, Tensor] = {}
    for name, part in parts.items():
        module = f"lora_unet_{name.replace('.', '_')}"
        weights[f"{module}.lora_down.weight"] = part.down.weight.detach().half()  # pyright: ignore
        weights[f"{module}.lora_up.weight"] = part.up.weight.detach().half()  # pyright: ignore
        weights[f"{module}.alpha"] = torch.tensor(float(rank)).half()
    return {name: tensor.contiguous() for name, tensor in weights.items()}


def read_blueprints(bench: Bench) -> Lesson:
    """Return the blueprints' latents (unit variance), and what they show."""
    scenes = read_scenes(bench.work / "composed/square.json")
    rows = [row for row, scene in enumerate(scenes) if scene.style == "line"]
    rows = rows[: bench.recipe.lora.pictures]
    pixels = np.load(bench.work / "composed/square.npy", mmap_mode="r")[rows]
    latents = encode(load_autoencoder(bench), as_blueprint(pixels), bfloat16=bench.recipe.bfloat16)
    scale = torch.load(bench.work / "latents/scale.pt", weights_only=True)
    mean, std = scale["mean"][:, None, None], scale["std"][:, None, None]
    return Lesson((latents - mean) / std, [scenes[row] for row in rows])


class LoraTraining:
    """The low-rank parts, their optimiser and the progress; saves and resumes."""

    def __init__(self, bench: Bench) -> None:
        self.recipe, self.bfloat16 = bench.recipe.lora, bench.recipe.bfloat16
        self.noise = bench.recipe.diffusion
        self.file = bench.work / "lora.pt"
        self.words = Words(bench.work / "unpacked")
        self.network = load_denoiser(bench, self.words)
        torch.manual_seed(bench.recipe.seed)  # noqa: TID251 - initial weights; seeded here once
        self.parts = attach(self.network.unet, self.recipe.rank)
        self.learned = [p for part in self.parts.values() for p in part.parameters()]
        self.optimiser = torch.optim.AdamW(self.learned, betas=(0.9, 0.99), weight_decay=0.0)
        self.pace = Pace(self.recipe.minutes * 60)
        if self.file.exists():
            self._resume(torch.load(self.file, weights_only=True))
        seed = bench.recipe.seed + self.pace.steps
        self.generator, self.rng = torch.Generator().manual_seed(seed), random.Random(seed)

    def _resume(self, saved: dict[str, Any]) -> None:
        for name, part in self.parts.items():
            part.load_state_dict(saved["parts"][name])
        self.optimiser.load_state_dict(saved["optimiser"])
        self.pace.load_state_dict(saved["pace"])

    def save(self) -> None:
        """Write everything that is needed to go on; a half-written file replaces nothing."""
        state = {
            "parts": {name: part.state_dict() for name, part in self.parts.items()},
            "optimiser": self.optimiser.state_dict(),
            "pace": self.pace.state_dict(),
        }
        torch.save(state, self.file.with_suffix(".part"))
        self.file.with_suffix(".part").replace(self.file)

    def step(self, lesson: Lesson) -> float:
        """Learn from one batch; return the loss."""
        count, noise_recipe = self.recipe.batch, self.noise
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate_at(self.pace, self.recipe.learning_rate, 20)
        rows = torch.randint(len(lesson.latents), (count,), generator=self.generator)
        noise = torch.randn(lesson.latents[rows].shape, generator=self.generator)
        centre, spread = noise_recipe.noise_centre, noise_recipe.noise_spread
        times = draw_times(count, centre, spread, self.generator)
        abar = alphas_cumprod()[times]
        texts = [say_blueprint(lesson.scenes[row], self.rng) for row in rows.tolist()]
        with fast_numbers(torch.device("cpu"), bfloat16=self.bfloat16):
            noisy = add_noise(lesson.latents[rows], noise, abar)
            predicted = self.network(noisy, times, self.words.tokens(texts))
        error = (predicted.float() - noise).square().mean(dim=(1, 2, 3))
        weight = noise_weight(abar, noise_recipe.min_snr_gamma, noise_recipe.most_weight)
        loss = (error * weight).mean()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.learned, 1.0)
        self.optimiser.step()
        self.optimiser.zero_grad()
        self.pace.count()
        return loss.item()


def train_lora(bench: Bench) -> None:
    """Train until the recipe's minutes are used up."""
    training, lesson = LoraTraining(bench), read_blueprints(bench)
    saved_at, losses = time.monotonic(), list[float]()
    training.pace.start()
    while training.pace.fraction() < 1:
        losses.append(training.step(lesson))
        if time.monotonic() - saved_at > SAVE_EVERY_S:
            training.save()
            print(f"{training.pace} loss {np.mean(losses):.4f}", flush=True)
            saved_at, losses = time.monotonic(), []
    training.save()


if __name__ == "__main__":
    torch.set_num_threads(1)
    train_lora(open_bench(stage_parser(__doc__).parse_args()))
