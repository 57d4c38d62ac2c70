"""The denoising U-Net, as the samplers' denoisers call it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
    from torch import Tensor


class Unet:
    """A U-Net in its own precision, seen from outside in the caller's.

    Attributes:
        network: The U-Net.
    """

    def __init__(self, network: UNet2DConditionModel) -> None:
        self.network = network

    def predict(self, x: Tensor, t: Tensor, context: Tensor) -> Tensor:
        """What the network predicts: noise or velocity, by the model's ``prediction``.

        Args:
            x: Scaled noisy latents, (b c h w).
            t: Training time of each, 0 to 999, fractions allowed; (b,).
            context: Features of the prompt's tokens, (b n width).

        Returns:
            (b c h w), of x's type.
        """
        dtype = self.network.dtype
        (output,) = self.network(
            x.to(dtype), t, encoder_hidden_states=context.to(dtype), return_dict=False
        )
        return output.to(x.dtype)
