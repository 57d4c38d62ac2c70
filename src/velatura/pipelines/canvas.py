"""The picture that is painted over: flattened, brought to size, and as latents."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import torch
from PIL import Image

from velatura.errors import RequestError
from velatura.records.bitmap import eight_bits
from velatura.upscalers import resize_picture

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from velatura.models.autoencoder import Autoencoder
    from velatura.pipelines.kit import Kit
    from velatura.records import Bitmap, Img2Img
    from velatura.upscalers import ResizeMode


def flattened(bitmap: Bitmap, background: str) -> NDArray[np.uint8]:
    """The picture without transparency, in 8 bits; grey becomes colour.

    Args:
        bitmap: The picture.
        background: Colour behind it, "#rrggbb".

    Returns:
        (h, w, 3).
    """
    pixels = eight_bits(bitmap.array)
    if pixels.shape[2] == 1:
        return np.repeat(pixels, 3, axis=2)
    if pixels.shape[2] == 3:
        return pixels
    image = Image.fromarray(pixels)
    canvas = Image.new("RGBA", image.size, parse_colour(background))
    canvas.paste(image, mask=image)
    return np.asarray(canvas.convert("RGB"))


def parse_colour(text: str) -> tuple[int, int, int]:
    """``"#rrggbb"`` as red, green and blue.

    Raises:
        RequestError: something else.
    """
    if not re.fullmatch("#[0-9a-fA-F]{6}", text):
        raise RequestError(
            f'background: expected a colour such as "#ffffff", got {text!r}', field="background"
        )
    red, green, blue = bytes.fromhex(text[1:])
    return red, green, blue


def fitted(
    pixels: NDArray[np.uint8], mode: ResizeMode, request: Img2Img, kit: Kit
) -> NDArray[np.uint8]:
    """The picture, (h, w, 3), at the size of the painting."""
    upscaler = kit.upscalers[request.upscaler] if request.upscaler else None
    return resize_picture(pixels, mode, request.width, request.height, upscaler)


def encoded(pixels: NDArray[np.uint8], autoencoder: Autoencoder) -> Tensor:
    """The latents of a picture, (h, w, 3): (1 c h/8 w/8)."""
    return autoencoder.encode(signed(pixels))[None]


def signed(pixels: NDArray[np.uint8]) -> Tensor:
    """Pixels, (h, w, 3), as the autoencoder takes them: (3 h w), -1..1."""
    unit = torch.from_numpy(pixels.copy()).permute(2, 0, 1).float() / 255
    return unit * 2 - 1
