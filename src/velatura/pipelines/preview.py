"""What latents will look like: roughly, by a linear function of each cell, or exactly, decoded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from velatura.models.autoencoder import to_uint8

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from velatura.models.autoencoder import Autoencoder
    from velatura.records.picture import PreviewKind


def preview_pixels(
    latents: Tensor, autoencoder: Autoencoder, kind: PreviewKind
) -> NDArray[np.uint8]:
    """The pictures of a batch side by side.

    Args:
        latents: (b c h w), scaled as the sampler has them.
        autoencoder: Whose latents they are.
        kind: "linear" gives one pixel for each latent cell, "decoder" the pictures in full.

    Returns:
        sRGB-encoded, (h, b*w, 3).
    """
    if kind == "decoder":
        return np.concatenate([to_uint8(autoencoder.decode(each)) for each in latents], axis=1)
    rows = np.concatenate(list(latents.float().cpu().numpy()), axis=2)  # c h (b w)
    colours = np.einsum("chw,cd->hwd", rows, autoencoder.colours[:-1]) + autoencoder.colours[-1]
    return np.clip(np.nan_to_num(colours) * 127.5 + 128.0, 0, 255).astype(np.uint8)
