"""Requests for a picture that has more pixels than the one it begins with: painted in parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Interval

from velatura.errors import RequestError
from velatura.records.img2img import Img2Img, MaskContent
from velatura.records.options import Fraction

Margin = Annotated[int, Interval(ge=0, le=8192)]


@dataclass(frozen=True, slots=True, kw_only=True)
class SdUpscale(Img2Img):
    """A larger picture, enlarged first and then painted over tile by tile.

    Width and height are those of a tile; 0 takes the checkpoint's own size. Tile t has the seed of
    the picture and t more.

    Attributes:
        strength: Denoising strength: 0 keeps the enlarged picture, 1 forgets it.
        upscaler: What enlarges the picture; "None" leaves it as large as it is.
        factor: From the picture's sides to the result's.
        overlap: Pixels that neighbouring tiles share, where one is faded into the other.
        resize_mode: Without effect: tiles have the size they are painted in.
    """

    kind: Literal["sd-upscale"] = "sd-upscale"  # pyright: ignore[reportIncompatibleVariableOverride]
    strength: Fraction = 0.3
    upscaler: str = "Lanczos"
    factor: Annotated[float, Interval(gt=0.0, le=16.0)] = 2.0
    overlap: Annotated[int, Interval(ge=0, le=4096)] = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Outpaint(Img2Img):
    """A picture continued beyond its edges.

    The new width and height are rounded up to multiples of 64; the additional pixels go to the
    sides that grow. Width and height are those of the part that is painted at once; 0 takes the
    checkpoint's own size.

    Attributes:
        strength: Denoising strength: what the new part begins with is forgotten as far as this.
        left: Pixels to add on the left.
        right: Pixels to add on the right.
        top: Pixels to add above.
        bottom: Pixels to add below.
        method: "matched noise" (A1111's "Outpainting mk2") paints one side after another, over
            noise that has the picture's frequencies and colours; "tiles" ("Poor man's outpainting")
            paints all tiles that hold something new.
        mask_blur: How softly old and new meet, in pixels: "tiles" doubles it, "matched noise"
            takes four times as many.
        content: What the new part begins with, with "tiles".
        fall_off: Exponent on the picture's frequencies in the noise: lower is finer detail.
        color_variation: How colourful the noise is, 0..1.
        most_new: Share of what is painted at once that may be new, with "matched noise"; a wider
            side grows in several goes, so that each sees enough of the picture. A1111's is 1.
        resize_mode: Without effect.
        upscaler: Without effect.
    """

    kind: Literal["outpaint"] = "outpaint"  # pyright: ignore[reportIncompatibleVariableOverride]
    strength: Fraction = 0.8
    left: Margin = 0
    right: Margin = 0
    top: Margin = 0
    bottom: Margin = 0
    method: Literal["matched noise", "tiles"] = "matched noise"
    mask_blur: Annotated[float, Interval(ge=0.0, le=64.0)] = 8.0
    content: MaskContent = "fill"
    fall_off: Annotated[float, Interval(ge=0.0, le=4.0)] = 1.0
    color_variation: Fraction = 0.05
    most_new: Annotated[float, Interval(gt=0.0, le=1.0)] = 0.75

    def __post_init__(self) -> None:
        super(Outpaint, self).__post_init__()
        if not (self.left or self.right or self.top or self.bottom):
            raise RequestError(
                "left: no side grows; say how many pixels to add on the left, right, top or bottom",
                field="left",
            )
