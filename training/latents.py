"""Stage 5: encode the composed pictures once, and find the scale of their latents.

Gives ``latents/<shape>.pt`` (``n 4 h w``, float16, as the encoder's mean gives them) and
``latents/scale.pt``: the mean and standard deviation of each channel, which the denoiser's input
is freed of and which the export folds into the autoencoder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from training.compose import shapes
from training.networks import build_autoencoder
from training.precision import fast_numbers
from training.recipe import Bench, open_bench, stage_parser
from training.start import started_autoencoder
from training.team import Team, run_team

if TYPE_CHECKING:
    from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
    from torch import Tensor

BATCH = 25
NEWEST_FIRST = ("decoder.pt", "autoencoder.pt")


def load_autoencoder(bench: Bench) -> AutoencoderKL:
    """Return the autoencoder: polished, else trained here, else that of the start."""
    trained = [file for name in NEWEST_FIRST if (file := bench.work / name).exists()]
    if trained:
        network = build_autoencoder(bench.recipe.autoencoder)
        saved = torch.load(trained[0], weights_only=True, map_location="cpu")
        network.load_state_dict(saved["network"])
    elif (started := started_autoencoder(bench)) is not None:
        network = started
    else:
        raise FileNotFoundError(f"no autoencoder in {bench.work}: run training.autoencoder first")
    return network.eval().requires_grad_(requires_grad=False)


@torch.inference_mode()
def encode(network: AutoencoderKL, pixels: np.ndarray, *, bfloat16: bool) -> Tensor:
    """Encode pictures, ``n h w 3`` of 0..255: ``n 4 h/8 w/8``."""
    parts: list[Tensor] = []
    for start in range(0, len(pixels), BATCH):
        batch = torch.from_numpy(np.array(pixels[start : start + BATCH])).permute(
            0, 3, 1, 2
        )  # b 3 h w, channels last
        with fast_numbers(network.device, bfloat16=bfloat16):
            (posterior,) = network.encode(
                batch.to(network.device).float() / 127.5 - 1,  # pyright: ignore[reportArgumentType]
                return_dict=False,
            )
        parts.append(posterior.mean.float().cpu())
    return torch.cat(parts)


def encode_shape(network: AutoencoderKL, bench: Bench, shape: str, team: Team) -> Tensor:
    """Encode the first pictures of a file, each worker its share: ``n 4 h w``."""
    _, count = shapes(bench)[shape]
    pixels = np.load(bench.work / "composed" / f"{shape}.npy", mmap_mode="r")[:count]
    latents = torch.zeros(len(pixels), 4, pixels.shape[1] // 8, pixels.shape[2] // 8)
    share = pixels[team.rank :: team.size]
    latents[team.rank :: team.size] = encode(network, share, bfloat16=bench.recipe.bfloat16)
    team.average([latents])
    return latents * team.size  # every row came from one worker, the others gave nought


def encode_all(bench: Bench, team: Team) -> None:
    """Encode every shape and write the scale."""
    out = bench.work / "latents"
    out.mkdir(exist_ok=True)
    network = load_autoencoder(bench)
    network.to(torch.device(bench.recipe.device))  # pyright: ignore[reportArgumentType]
    network.to(memory_format=torch.channels_last)  # pyright: ignore - twice as fast forwards
    for shape in shapes(bench):
        latents = encode_shape(network, bench, shape, team)
        if not team.leads:
            continue
        torch.save(latents.to(torch.float16), out / f"{shape}.pt")
        print(f"{shape}: {len(latents)} pictures", flush=True)
        if shape == "square":
            scale = {"mean": latents.mean((0, 2, 3)), "std": latents.std((0, 2, 3))}
            torch.save(scale, out / "scale.pt")
            print(f"mean {scale['mean'].tolist()}, deviation {scale['std'].tolist()}", flush=True)


if __name__ == "__main__":
    opened = open_bench(stage_parser(__doc__).parse_args())
    run_team(encode_all, opened, opened.recipe.workers)
