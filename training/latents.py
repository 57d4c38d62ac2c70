"""Stage 5: encode the composed pictures once, and find the scale of their latents.

Gives ``latents/<shape>.pt`` (``n 4 h w``, float16, as the encoder's mean gives them) and
``latents/scale.pt``: the mean and standard deviation of each channel, which the denoiser's input
is freed of and which the export folds into the autoencoder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from training.networks import build_autoencoder
from training.recipe import Bench, open_bench, stage_parser

if TYPE_CHECKING:
    from pathlib import Path

    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
    from torch import Tensor

BATCH = 25


def load_autoencoder(bench: Bench) -> AutoencoderKL:
    """Return the trained autoencoder, its decoder polished if that has been done."""
    network = build_autoencoder(bench.recipe.autoencoder)
    polished = bench.work / "decoder.pt"
    file = polished if polished.exists() else bench.work / "autoencoder.pt"
    saved = torch.load(file, weights_only=True)
    network.load_state_dict(saved["network"])
    return network.eval().requires_grad_(requires_grad=False)


@torch.inference_mode()
def encode_file(network: AutoencoderKL, file: Path, count: int) -> Tensor:
    """Encode the first pictures of a file: ``n 4 h w``, float16."""
    pixels = np.load(file, mmap_mode="r")[:count]
    network.to(memory_format=torch.channels_last)  # pyright: ignore - twice as fast forwards
    parts: list[Tensor] = []
    for start in range(0, len(pixels), BATCH):
        batch = torch.from_numpy(np.array(pixels[start : start + BATCH])).permute(
            0, 3, 1, 2
        )  # b 3 h w, channels last
        with torch.autocast("cpu", dtype=torch.bfloat16):
            (posterior,) = network.encode(
                batch.float() / 127.5 - 1,  # pyright: ignore[reportArgumentType]
                return_dict=False,
            )
        parts.append(posterior.mean.to(torch.float16))
        if start % 2000 == 0:
            print(f"{file.stem}: {start} of {len(pixels)}", flush=True)
    return torch.cat(parts)


def encode_all(bench: Bench) -> None:
    """Encode both shapes and write the scale."""
    out = bench.work / "latents"
    out.mkdir(exist_ok=True)
    network = load_autoencoder(bench)
    counts = {"square": bench.recipe.compose.square, "tall": bench.recipe.compose.tall}
    for shape, count in counts.items():
        latents = encode_file(network, bench.work / "composed" / f"{shape}.npy", count)
        torch.save(latents, out / f"{shape}.pt")
        if shape == "square":
            values = latents.float()
            scale = {"mean": values.mean((0, 2, 3)), "std": values.std((0, 2, 3))}
            torch.save(scale, out / "scale.pt")
            print(f"mean {scale['mean'].tolist()}, deviation {scale['std'].tolist()}")


if __name__ == "__main__":
    encode_all(open_bench(stage_parser(__doc__).parse_args()))
