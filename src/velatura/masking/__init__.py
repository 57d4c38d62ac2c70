"""Where a picture is painted anew: masks, what stands under them, and what is laid over."""

from __future__ import annotations

from velatura.masking.content import kept_part, spread_colours
from velatura.masking.mask import (
    blurred_mask,
    grey_mask,
    latent_mask,
    resized_mask,
    strengthened_mask,
)
from velatura.masking.overlay import Overlay
from velatura.masking.region import Region, masked_region, widened
from velatura.masking.shapes import ellipse_mask, polygon_mask, rectangle_mask, transparent_mask

__all__ = [
    "Overlay",
    "Region",
    "blurred_mask",
    "ellipse_mask",
    "grey_mask",
    "kept_part",
    "latent_mask",
    "masked_region",
    "polygon_mask",
    "rectangle_mask",
    "resized_mask",
    "spread_colours",
    "strengthened_mask",
    "transparent_mask",
    "widened",
]
