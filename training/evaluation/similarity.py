"""How alike two pictures are: structural similarity, and the autoencoder measured by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn.functional import conv2d

from training.autoencoder import latents_of, mean_psnr, pool_files, write_pools
from training.latents import load_autoencoder

if TYPE_CHECKING:
    from torch import Tensor

    from training.recipe import Bench

WINDOW, SPREAD = 11, 1.5  # pixels: side and deviation of the Gaussian window
STEADY = (0.01**2, 0.03**2)  # of a range of 1


def _blur(pictures: Tensor) -> Tensor:
    """Blur each channel with the window, without a margin."""
    x = torch.arange(WINDOW) - WINDOW // 2
    row = torch.exp(-(x**2) / (2 * SPREAD**2))
    row = row / row.sum()
    channels = pictures.shape[1]
    across = row.expand(channels, 1, 1, -1)
    down = row[:, None].expand(channels, 1, -1, 1)
    return conv2d(conv2d(pictures, across, groups=channels), down, groups=channels)


def structural_similarity(one: Tensor, other: Tensor) -> Tensor:
    """Return the similarity of pictures, ``b c h w`` of 0..1 each: ``b``, at most 1.

    Wang et al. 2004, "Image Quality Assessment: From Error Visibility to Structural Similarity",
    equation 13, averaged over channels and places.
    """
    mean_a, mean_b = _blur(one), _blur(other)
    variance_a = _blur(one**2) - mean_a**2
    variance_b = _blur(other**2) - mean_b**2
    covariance = _blur(one * other) - mean_a * mean_b
    light, contrast = STEADY
    top = (2 * mean_a * mean_b + light) * (2 * covariance + contrast)
    bottom = (mean_a**2 + mean_b**2 + light) * (variance_a + variance_b + contrast)
    return (top / bottom).mean((1, 2, 3))


@torch.inference_mode()
def measure_autoencoder(bench: Bench) -> dict[str, float]:
    """Return PSNR (dB) and SSIM on pictures of cut-outs that the autoencoder never saw."""
    write_pools(bench)
    network = load_autoencoder(bench)
    kept = torch.from_numpy(np.load(pool_files(bench)[1]))
    alike: list[float] = []
    for batch in kept.split(16):
        target = batch.float() / 127.5 - 1
        (output,) = network.decode(latents_of(network, target), return_dict=False)  # pyright: ignore[reportArgumentType]
        alike += structural_similarity((output.clamp(-1, 1) + 1) / 2, (target + 1) / 2).tolist()
    return {"pictures": len(kept), "psnr": mean_psnr(network, kept), "ssim": float(np.mean(alike))}
