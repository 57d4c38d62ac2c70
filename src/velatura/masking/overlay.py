"""The original laid over a painting, so that nothing changes outside the mask."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image

from velatura.masking.content import kept_part
from velatura.masking.mask import HALF, resized_mask
from velatura.upscalers.resize import resize_picture

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from velatura.masking.region import Region


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """What is laid over a painting.

    Attributes:
        pixels: The original, (h, w, 3).
        mask: Where it lets the painting through, (h, w): 0 is the original to the byte.
        region: The part of the original that the painting shows; None is all of it.
    """

    pixels: NDArray[np.uint8]
    mask: NDArray[np.uint8]
    region: Region | None = None

    def placed(self, painting: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The painting, (h, w, 3), at its place in a black picture of the original's size."""
        if self.region is None:
            return painting
        picture = np.zeros_like(self.pixels)
        picture[self.region.window] = resize_picture(
            painting, "crop", self.region.width, self.region.height
        )
        return picture

    def through(self, mask: NDArray[np.uint8]) -> Overlay:
        """The same with another mask, which is of the painting's size."""
        if self.region is None:
            return replace(self, mask=mask)
        whole = np.zeros_like(self.mask)
        size = self.region.width, self.region.height
        whole[self.region.window] = resized_mask(mask, "crop", *size)
        return replace(self, mask=whole)

    def over(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The original laid over a :meth:`placed` painting, (h, w, 3)."""
        composed = Image.fromarray(picture).convert("RGBA")
        composed.alpha_composite(kept_part(self.pixels, self.mask).convert("RGBA"))
        return np.asarray(composed.convert("RGB"))

    def seam(self, picture: NDArray[np.uint8]) -> float | None:
        """How much a :meth:`placed` painting differs in colour from the original along the mask.

        The mean CIE 1976 difference (Delta E*ab) over the ring where the mask lets both through;
        for a hard mask, over the last painted pixels. Below about 2 no eye sees it. None where
        there is no such ring.
        """
        ring = _ring(self.mask)
        if not ring.any():
            return None
        difference = _lab(picture[ring]) - _lab(self.pixels[ring])
        return float(np.sqrt((difference**2).sum(-1)).mean())


def _ring(mask: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Where the mask is neither 0 nor 255; failing that, the border of what is painted."""
    ring = (mask > 0) & (mask < 255)
    if ring.any():
        return ring
    painted = (mask >= HALF).astype(np.uint8)
    inner = cv2.erode(painted, np.ones((3, 3), np.uint8), borderValue=1)
    return (painted > 0) & (inner == 0)


def _lab(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(n, 3) sRGB as CIE L*a*b* of D65."""
    unit = pixels[None].astype(np.float32) / 255
    return cv2.cvtColor(unit, cv2.COLOR_RGB2LAB)[0].astype(np.float32, copy=False)
