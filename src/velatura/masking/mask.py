"""A mask as the sampler and the eye need it: grey, blurred, at another size.

Masks are uint8, (h, w): 255 is painted anew, 0 stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image

from velatura.records.bitmap import eight_bits
from velatura.upscalers.resize import resize_picture

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from velatura.records import Bitmap
    from velatura.upscalers import ResizeMode

    Mask = NDArray[np.uint8]

HALF = 128
"""Alpha above this is painted, where masks are black and white."""

OPAQUE = 255


def grey_mask(bitmap: Bitmap, *, rounded: bool = True) -> Mask:
    """A picture of a mask as a mask.

    Its alpha counts if that is not opaque everywhere; else its brightness, with all greys.

    Args:
        bitmap: 1, 3 or 4 channels.
        rounded: Take alpha for black and white.
    """
    pixels = eight_bits(bitmap.array)
    if pixels.shape[2] == 4 and (pixels[..., 3] != OPAQUE).any():
        alpha = pixels[..., 3]
        return np.where(alpha > HALF, OPAQUE, 0).astype(np.uint8) if rounded else alpha.copy()
    if pixels.shape[2] == 1:
        return pixels[..., 0].copy()
    return np.asarray(Image.fromarray(pixels[..., :3]).convert("L"))


def blurred_mask(mask: Mask, blur_x: float, blur_y: float) -> Mask:
    """The mask, softened by a Gaussian of these standard deviations in pixels.

    The kernel reaches 2.5 standard deviations; edges are mirrored.
    """
    for size, deviation in (((_reach(blur_x), 1), blur_x), ((1, _reach(blur_y)), blur_y)):
        if deviation > 0:
            mask = cv2.GaussianBlur(mask, size, deviation).astype(np.uint8, copy=False)
    return mask


def resized_mask(mask: Mask, mode: ResizeMode, width: int, height: int) -> Mask:
    """The mask at another size, in the way pictures are resized."""
    channels = np.repeat(mask[..., None], 3, axis=2)
    return resize_picture(channels, mode, width, height)[..., 0]


def strengthened_mask(mask: Mask) -> Mask:
    """Twice the mask: what is painted by half is shown wholly."""
    return (np.minimum(mask.astype(np.uint16) * 2, OPAQUE)).astype(np.uint8)


def latent_mask(mask: Mask, width: int, height: int, *, rounded: bool) -> NDArray[np.float32]:
    """The mask on a grid of latents, 0 to 1, (height, width), shrunk by a bicubic filter.

    Args:
        mask: (h, w).
        width: Latent cells in a row.
        height: Latent cells in a column.
        rounded: Either 0 or 1, a half to the even one.
    """
    small = Image.fromarray(mask).resize((width, height), Image.Resampling.BICUBIC)
    share = np.asarray(small, np.float32) / np.float32(OPAQUE)
    return np.around(share).astype(np.float32) if rounded else share


def _reach(deviation: float) -> int:
    return 2 * int(2.5 * deviation + 0.5) + 1
