"""The denoising U-Net, as the samplers' denoisers call it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from velatura.models.estimate import estimate, path_for, read_text, read_time
from velatura.models.memo import Memo

if TYPE_CHECKING:
    from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
    from torch import Tensor

    from velatura.models.estimate import Shifts, Texts

PROMPT_BYTES = 256 * 2**20
"""Of keys and values. A chunk of 77 tokens takes 7.7 MB of SD 1.5 for each row of a batch."""

TIME_BYTES = 32 * 2**20
"""More than a schedule has: each time takes 80 kB of SD 1.5, for any number of rows."""


class Unet:
    """A U-Net in its own precision, seen from outside in the caller's.

    Attributes:
        network: The U-Net.
    """

    def __init__(self, network: UNet2DConditionModel) -> None:
        self.network = network
        self._path = path_for(network)
        self._texts: Memo[Texts] = Memo(PROMPT_BYTES, _text_bytes)
        self._shifts: Memo[Shifts] = Memo(TIME_BYTES, _bytes)

    def predict(self, x: Tensor, t: Tensor, context: Tensor) -> Tensor:
        """What the network predicts: noise or velocity, by the model's ``prediction``.

        Args:
            x: Scaled noisy latents, (b c h w).
            t: Training time of each, 0 to 999, fractions allowed; (b,). On the host: the device is
                not waited for.
            context: Features of the prompt's tokens, (b n width). What the network makes of them is
                kept for the next call with the same tensor, which therefore must not change.

        Returns:
            (b c h w), of x's type.
        """
        network = self.network
        times = tuple(t.tolist())
        if len(set(times)) == 1:
            t, times = t[:1], times[:1]
        shifts = self._shifts.get(times, times, lambda: read_time(network, t))
        texts = self._texts.get(id(context), context, lambda: read_text(network, context))
        shown = x.to(network.conv_in.weight.dtype)
        return estimate(network, shown, shifts, texts, self._path).to(x.dtype)


def _text_bytes(texts: Texts) -> int:
    return sum(_bytes(pair) for pair in texts)


def _bytes(tensors: tuple[Tensor, ...]) -> int:
    return sum(tensor.nbytes for tensor in tensors)
