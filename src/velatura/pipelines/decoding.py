"""Latents to the pixels of a finished picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from velatura.errors import EngineError
from velatura.models.autoencoder import to_uint8

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from velatura.models.base import Model


def decoded(latent: Tensor, model: Model) -> NDArray[np.uint8]:
    """The pixels of one latent, (c h w): (h·8, w·8, 3).

    Raises:
        EngineError: if the latent holds no numbers.
    """
    if latent.isnan().any():
        raise EngineError(
            "the network answered with not-a-number; the checkpoint may be damaged, or its "
            "half-precision range too small for this request"
        )
    return to_uint8(model.autoencoder.decode(latent))
