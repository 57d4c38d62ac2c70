"""What latents will look like, roughly, without the decoder.

Each pixel is a linear function of the four channels of one latent cell. The coefficients are those
of a least-squares fit for the autoencoder of Stable Diffusion 1, as A1111's approximate preview has
them (``a1111-behaviour``, section 11.4); with other autoencoders the colours are off, the shapes
are not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

COEFFICIENTS = (
    (0.298, 0.207, 0.208),
    (0.187, 0.286, 0.173),
    (-0.158, 0.189, 0.264),
    (-0.184, -0.271, -0.473),
)
"""Red, green and blue, each in -1..1, of the four latent channels."""


def preview_pixels(latents: NDArray[np.float32]) -> NDArray[np.uint8] | None:
    """The pictures of a batch side by side, one pixel for each latent cell.

    Args:
        latents: (b c h w), scaled as the sampler has them.

    Returns:
        sRGB-encoded, (h, b*w, 3); None where there are not four channels.
    """
    if latents.shape[1] != len(COEFFICIENTS):
        return None
    rows = np.concatenate(list(latents), axis=2)  # c h (b w)
    colours = np.einsum("chw,cd->hwd", rows, np.array(COEFFICIENTS, np.float32))
    return np.clip(colours * 127.5 + 128.0, 0, 255).astype(np.uint8)
