"""Paint with the trainings' own files, as they are now: a contact sheet to look at.

Euler's method on the probability flow (Karras et al. 2022, arXiv:2206.00364) with classifier-free
guidance; a plain sampler for looking, not the one of the product.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from PIL import Image

from training.denoiser import Denoiser, first_token_table
from training.diffusion import course_of
from training.evaluation.sheets import contact_sheet
from training.latents import load_autoencoder
from training.networks import VOCABULARY
from training.noise_schedule import STEPS, alphas_cumprod
from training.recipe import Bench, open_bench, stage_parser
from training.start import TOKEN_TABLE
from training.words import Lexicon, Words

if TYPE_CHECKING:
    import argparse

    from torch import Tensor

PROMPTS = (
    "photo of a green apple", "3d render of a red apple", "flat illustration of a cat",
    "photo of a dog", "cartoon of a tomato", "3d render portrait of a woman with red hair",
    "portrait of a man, highly detailed, sharp focus", "flat illustration of a house",
    "3d render of a blue car on a yellow background", "cartoon of a tree at sunset",
    "a red flower on a green background", "3d render of a soccer ball on a green meadow",
)  # fmt: skip


def load_denoiser(bench: Bench, words: Words, variant: str = "") -> Denoiser:
    """Return the averaged networks of a diffusion training, with the whole vocabulary."""
    saved = torch.load(course_of(bench, variant).file, weights_only=True, map_location="cpu")
    average: dict[str, Tensor] = saved["average"]
    table = next(name for name in average if name.endswith(TOKEN_TABLE))
    first = first_token_table(bench, words)
    average[table] = Lexicon(saved["lexicon"]).full_table(average[table], first)
    network = Denoiser(bench, VOCABULARY)
    network.load_state_dict(average, strict=False)
    return network.eval().requires_grad_(requires_grad=False)


@torch.inference_mode()
def sample_latents(
    network: Denoiser, tokens: Tensor, empty: Tensor, noise: Tensor, guidance: float, steps: int
) -> Tensor:
    """Return latents of unit variance, from noise of unit variance."""
    abar = alphas_cumprod()
    times = torch.linspace(STEPS - 1, 0, steps).round().long()
    sigmas = [*((1 - abar) / abar).sqrt()[times].tolist(), 0.0]
    x = noise * sigmas[0]
    words = torch.cat([empty.expand_as(tokens), tokens])
    for time, sigma, following in zip(times, sigmas[:-1], sigmas[1:], strict=True):
        scaled = x / (1 + sigma**2) ** 0.5
        without, told = network(torch.cat([scaled] * 2), time.expand(2 * len(x)), words).chunk(2)
        x = x + (without + guidance * (told - without)) * (following - sigma)
    return x


@torch.inference_mode()
def decode(bench: Bench, latents: Tensor) -> list[Image.Image]:
    """Return the pictures of latents of unit variance."""
    scale = torch.load(bench.work / "latents/scale.pt", weights_only=True)
    latents = latents * scale["std"][:, None, None] + scale["mean"][:, None, None]
    (pixels,) = load_autoencoder(bench).decode(
        latents,  # pyright: ignore[reportArgumentType]
        return_dict=False,
    )
    bytes_ = ((pixels.clamp(-1, 1) + 1) * 127.5).round().byte().permute(0, 2, 3, 1).numpy()
    return [Image.fromarray(np.ascontiguousarray(picture)) for picture in bytes_]


def paint(bench: Bench, prompts: list[str], options: argparse.Namespace) -> list[Image.Image]:
    """Paint one picture a prompt; the same seed and prompt give the same picture."""
    words = Words(bench.work / "unpacked")
    network = load_denoiser(bench, words, options.variant)
    picture = bench.recipe.picture
    height = picture.tall if options.tall else picture.size
    generator = torch.Generator().manual_seed(options.seed)
    noise = torch.randn(len(prompts), 4, height // 8, picture.size // 8, generator=generator)
    tokens, empty = words.tokens(prompts), words.tokens([options.negative])
    latents = sample_latents(network, tokens, empty, noise, options.guidance, options.steps)
    return decode(bench, latents)


def main() -> None:
    """Paint the prompts given, or the usual ones."""
    parser = stage_parser(__doc__)
    parser.add_argument("prompts", nargs="*", help="what to paint; the usual prompts if none")
    parser.add_argument("--out", type=Path, default=Path("sheet.png"))
    parser.add_argument("--variant", default="", help="a variant of the recipe")
    parser.add_argument("--negative", default="")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--guidance", type=float, default=7.0)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--columns", type=int, default=6)
    parser.add_argument("--tall", action="store_true")
    options = parser.parse_args()
    prompts: list[str] = options.prompts or list(PROMPTS)
    pictures = paint(open_bench(options), prompts, options)
    contact_sheet(pictures, prompts, options.columns).save(options.out)


if __name__ == "__main__":
    main()
