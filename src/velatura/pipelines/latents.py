"""Latents to the pixels of a finished picture, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import torch

from velatura.errors import EngineError
from velatura.models.autoencoder import to_eight_bits
from velatura.models.fetching import fetching

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from velatura.models.autoencoder import Autoencoder
    from velatura.models.base import Model

IN_TILES = "Decoded in {} tiles, as memory was short; their colours can differ a little"


class Decoded(NamedTuple):
    """A picture's pixels, (h w 3), and what its maker should know of them."""

    pixels: NDArray[np.uint8]
    remarks: tuple[str, ...]


def decoding(latent: Tensor, model: Model) -> Callable[[], Decoded]:
    """Have a latent, (c h w), decoded to a picture eight times as wide and high.

    Returns:
        What waits for the picture. Raises EngineError if the latent holds no numbers.
    """
    grid = model.autoencoder.tiles(*latent.shape[1:])
    fetch_failed = fetching(latent.isnan().any())
    fetch = fetching(to_eight_bits(model.autoencoder.decode(latent, grid)))

    def wait() -> Decoded:
        if fetch_failed():
            raise EngineError(
                "the network answered with not-a-number; the checkpoint may be damaged, or its "
                "half-precision range too small for this request"
            )
        remarks = () if grid.count == 1 else (IN_TILES.format(grid.count),)
        return Decoded(fetch().numpy(), remarks)

    return wait


def encoded(pixels: NDArray[np.uint8], autoencoder: Autoencoder) -> Tensor:
    """The latents of a picture, (h, w, 3): (1 c h/8 w/8)."""
    return autoencoder.encode(signed(pixels))[None]


def signed(pixels: NDArray[np.uint8]) -> Tensor:
    """Pixels, (h, w, 3), as the autoencoder takes them: (3 h w), -1..1."""
    unit = torch.from_numpy(pixels.copy()).permute(2, 0, 1).float() / 255
    return unit * 2 - 1
