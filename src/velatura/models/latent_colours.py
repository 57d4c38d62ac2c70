"""The colour of a latent cell, as a linear function of its channels: what previews are made of.

The autoencoder of Stable Diffusion 1 has published coefficients; for any other they are fitted, as
each autoencoder gives its channels meanings of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from torch import Tensor

    Colours = NDArray[np.float32]

STABLE_DIFFUSION_1 = (
    (0.298, 0.207, 0.208),
    (0.187, 0.286, 0.173),
    (-0.158, 0.189, 0.264),
    (-0.184, -0.271, -0.473),
    (0.0, 0.0, 0.0),
)
"""Red, green and blue, each in -1..1, of the four channels, and of no latents at all: a
least-squares fit for that autoencoder (``a1111-behaviour``, section 11.4)."""

SAMPLES = 32
CELLS = 4
"""Along a side of a sample: enough for the middle not to feel the border."""


def published_colours() -> Colours:
    """Those of Stable Diffusion 1, (5, 3)."""
    return np.array(STABLE_DIFFUSION_1, np.float32)


def fit_colours(decode: Callable[[Tensor], Tensor], channels: int, factor: int) -> Colours:
    """The linear function that is nearest to a decoder on latents without detail.

    Args:
        decode: Latents (c h w) of unit variance to pixels (3, h·f, w·f), -1..1.
        channels: c.
        factor: f, pixels per cell along a side.

    Returns:
        (c + 1, 3): a row for each channel, and what is added to their sum.
    """
    generator = torch.Generator().manual_seed(0)  # the same colours for the same weights
    latents = torch.randn(SAMPLES, channels, generator=generator)
    colours = torch.stack(
        [_middle(decode(each[:, None, None].expand(-1, CELLS, CELLS)), factor) for each in latents]
    )
    known = torch.cat((latents, torch.ones(SAMPLES, 1)), dim=1)
    return torch.linalg.lstsq(known, colours.cpu()).solution.numpy()


def _middle(pixels: Tensor, factor: int) -> Tensor:
    """The mean colour of the cells that have cells all around them."""
    return pixels[:, factor:-factor, factor:-factor].mean(dim=(1, 2))
