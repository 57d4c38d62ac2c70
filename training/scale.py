"""The scale of the latents, folded into the autoencoder.

Every program that reads this family multiplies latents by 0.18215. Here they are shifted and scaled
channel by channel inside ``quant_conv`` and ``post_quant_conv`` (two 1×1 convolutions, so this
is exact), so that the factor gives latents of unit variance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

SCALE_FACTOR = 0.18215


def fold_scale(weights: dict[str, Tensor], mean: Tensor, std: Tensor) -> dict[str, Tensor]:
    """Return an autoencoder's weights whose latents have mean 0 and deviation 1 / 0.18215.

    Args:
        weights: The autoencoder's, under their names in diffusers.
        mean: Of each latent channel as the weights give it.
        std: Likewise.
    """
    factor = 1 / (std * SCALE_FACTOR)  # new latent = (old latent - mean) * factor
    size = len(factor)
    folded = dict(weights)
    rows, bias = weights["quant_conv.weight"].clone(), weights["quant_conv.bias"].clone()
    rows[:size] *= factor[:, None, None, None]
    bias[:size] = (bias[:size] - mean) * factor
    bias[size:] += 2 * factor.log()  # the other half are log variances
    folded["quant_conv.weight"], folded["quant_conv.bias"] = rows, bias
    back = weights["post_quant_conv.weight"]
    folded["post_quant_conv.weight"] = back / factor[None, :, None, None]
    folded["post_quant_conv.bias"] = weights["post_quant_conv.bias"] + back[:, :, 0, 0] @ mean
    return folded
