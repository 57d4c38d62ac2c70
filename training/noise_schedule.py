"""The noise of Stable Diffusion 1.x: a thousand variances, linear in their square root.

A latent at time t is ``sqrt(abar_t) x + sqrt(1 - abar_t) eps`` (Ho et al. 2020, arXiv:2006.11239,
equation 4); the variances are those of Rombach et al. 2022 (arXiv:2112.10752), appendix G.
"""

from __future__ import annotations

import torch
from torch import Tensor

STEPS = 1000


def alphas_cumprod() -> Tensor:
    """Return abar_t for every step: ``1000``, falling from nearly 1 to nearly 0."""
    betas = torch.linspace(0.00085**0.5, 0.012**0.5, STEPS, dtype=torch.float64) ** 2
    return torch.cumprod(1 - betas, 0).float()


def add_noise(latents: Tensor, noise: Tensor, abar: Tensor) -> Tensor:
    """Return the noisy latents; ``abar`` has one number a picture."""
    abar = abar[:, None, None, None]
    return abar.sqrt() * latents + (1 - abar).sqrt() * noise


def draw_times(count: int, centre: float, spread: float, generator: torch.Generator) -> Tensor:
    """Return steps whose noise levels are log-normal: ``count``, 0..999.

    The level is sigma = sqrt((1 - abar) / abar); its logarithm is normal with the given mean and
    deviation, as in Karras et al. 2022 (arXiv:2206.00364), section 5.
    """
    abar = alphas_cumprod()
    levels = 0.5 * ((1 - abar) / abar).log()
    drawn = centre + spread * torch.randn(count, generator=generator)
    return torch.searchsorted(levels, drawn).clamp(max=STEPS - 1)


def noise_weight(abar: Tensor, gamma: float, most: float) -> Tensor:
    """Return the loss weight for a network that predicts the noise: min(1 / abar, most), damped.

    1 / abar makes it the error of the velocity (Salimans & Ho 2022, arXiv:2202.00512), so that
    noisy steps, in which colours and places are decided, count as much as others. Steps whose
    signal-to-noise ratio is beyond gamma are damped by gamma / SNR (Hang et al. 2023,
    arXiv:2303.09556).
    """
    snr = abar / (1 - abar)
    return (1 / abar).clamp(max=most) * (gamma / snr).clamp(max=1)
