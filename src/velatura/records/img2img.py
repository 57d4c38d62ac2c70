"""Requests that paint over a picture: all of it, or where a mask says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Interval

from velatura.errors import RequestError
from velatura.limits import Checked
from velatura.records.bitmap import Bitmap
from velatura.records.options import Fraction
from velatura.records.painting import Painting

ResizeMode = Literal["stretch", "crop", "fill", "latent"]
MaskContent = Literal["fill", "original", "latent noise", "latent nothing"]
LARGEST_PADDING = 32768
"""Pixels of surroundings: as many as a picture can have."""

Blur = Annotated[float, Interval(ge=0.0, le=256.0)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Img2Img(Painting):
    """Pictures from words and a picture.

    Attributes:
        image: The picture to paint over.
        strength: Denoising strength: 0 keeps the picture, 1 forgets it.
        resize_mode: How the picture gets the size of the painting: "stretch" ignores the ratio of
            sides, "crop" covers the size and cuts what hangs over, "fill" fits inside and continues
            the edges, "latent" stretches its latents.
        upscaler: What enlarges a smaller picture first; empty is plain Lanczos.
        exact_steps: Take all the steps, whatever the strength, rather than its share of them.
        color_correction: Give the result the colours of the picture.
        background: Colour behind what is transparent, as "#rrggbb".
    """

    kind: Literal["img2img"] = "img2img"
    image: Bitmap
    strength: Fraction = 0.75
    resize_mode: ResizeMode = "stretch"
    upscaler: str = ""
    exact_steps: bool = False
    color_correction: bool = False
    background: str = "#ffffff"

    def __post_init__(self) -> None:
        super(Img2Img, self).__post_init__()
        if not re.fullmatch("#[0-9a-fA-F]{6}", self.background):
            raise RequestError(
                f'background: expected a colour such as "#ffffff", got {self.background!r}',
                field="background",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class SoftInpainting(Checked):
    """A mask that lets go gradually, as the soft inpainting of A1111 does.

    Attributes:
        bias: Exponent on sigma: when in the run the picture's hold loosens.
        preservation: How strongly half-masked content is kept.
        contrast: How sharply the blend prefers the stronger of two contents.
        mask_influence: Share of the mask in the final blend.
        threshold: Difference from the original at which the result is half shown.
        difference_contrast: How sharply that blend switches.
    """

    bias: Annotated[float, Interval(ge=0.0, le=8.0)] = 1.0
    preservation: Annotated[float, Interval(ge=0.0, le=8.0)] = 0.5
    contrast: Annotated[float, Interval(ge=1.0, le=32.0)] = 4.0
    mask_influence: Fraction = 0.0
    threshold: Annotated[float, Interval(ge=0.0, le=8.0)] = 0.5
    difference_contrast: Annotated[float, Interval(ge=0.0, le=8.0)] = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Inpaint(Img2Img):
    """A picture painted anew where a mask is white.

    Attributes:
        mask: White is painted anew, black stays. Its alpha counts where it is not opaque.
        invert: Paint where the mask is black.
        mask_blur: Standard deviation of the mask's blur along rows, in pixels.
        mask_blur_y: The same along columns; None is that of the rows.
        mask_round: Whether a mask is black and white in the latents, rather than grey.
        content: What the painting begins with under the mask: "fill" spreads the colours around
            it, "original" keeps what is there, "latent noise" and "latent nothing" begin with noise
            or with emptiness.
        area: Paint the "whole" picture, or only the surroundings of what is "masked", enlarged to
            the size of the painting.
        padding: Pixels of surroundings around the mask, where only those are painted.
        overlay: Lay the original over the result, so that nothing outside the mask changes.
        conditioning_mask: How much an inpainting checkpoint is kept from seeing under the mask.
        soft: Let the mask go gradually.
        empty_mask: What a mask without any white means: "refuse" the request, paint the "whole"
            picture, or "keep" all of it.
        latent_mask: A mask for the latents alone; None is the mask.
        old_latent_overlay: With the resize mode "latent", fit the mask like "fill" does, and lay
            the original over a corner at its own size, as A1111 does.
    """

    kind: Literal["inpaint"] = "inpaint"  # pyright: ignore[reportIncompatibleVariableOverride]
    mask: Bitmap
    invert: bool = False
    mask_blur: Blur = 4.0
    mask_blur_y: Blur | None = None
    mask_round: bool = True
    content: MaskContent = "original"
    area: Literal["whole", "masked"] = "whole"
    padding: Annotated[int, Interval(ge=0, le=LARGEST_PADDING)] = 32
    overlay: bool = True
    conditioning_mask: Fraction = 1.0
    soft: SoftInpainting | None = None
    empty_mask: Literal["refuse", "whole", "keep"] = "refuse"
    latent_mask: Bitmap | None = None
    old_latent_overlay: bool = False
