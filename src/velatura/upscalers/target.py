"""How large the second, larger pass of a picture is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from velatura.errors import RequestError

if TYPE_CHECKING:
    from velatura.records import Hires

LARGEST_SIDE = 16384


@dataclass(frozen=True, slots=True, kw_only=True)
class HiresTarget:
    """Sizes of the second pass, in pixels, with the crop that follows the enlarging.

    Attributes:
        width: Width to enlarge to; covers the final width.
        height: Height to enlarge to; covers the final height.
        crop_x: Latent columns to cut in all, half of them on the left.
        crop_y: Latent rows to cut in all, half of them at the top.
    """

    width: int
    height: int
    crop_x: int = 0
    crop_y: int = 0

    @property
    def latent_window(self) -> tuple[slice, slice]:
        """Rows and columns of the enlarged latents that are kept.

        An odd cut takes the extra cell from the end.
        """
        rows, columns = self.height // 8, self.width // 8
        top, left = self.crop_y // 2, self.crop_x // 2
        return (
            slice(top, rows - (self.crop_y - top)),
            slice(left, columns - (self.crop_x - left)),
        )

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the finished picture."""
        rows, columns = self.latent_window
        return (columns.stop - columns.start) * 8, (rows.stop - rows.start) * 8


def hires_target(width: int, height: int, hires: Hires) -> HiresTarget:
    """The second pass of a first pass of width x height.

    With no side given both grow by the scale; with one given the other keeps the ratio; with both
    given the picture covers them and the rest is cut off.

    Raises:
        RequestError: a side would be below 8 or above 16384 pixels.
    """
    target = _target(width, height, hires)
    final_width, final_height = target.size
    if min(final_width, final_height) < 8 or max(target.width, target.height) > LARGEST_SIDE:
        raise RequestError(
            f"hires: the second pass would be {target.width}x{target.height} pixels; each side "
            f"must be from 8 to {LARGEST_SIDE}",
            field="hires",
        )
    return target


def _target(width: int, height: int, hires: Hires) -> HiresTarget:
    if not hires.width and not hires.height:
        return HiresTarget(width=int(width * hires.scale), height=int(height * hires.scale))
    if not hires.height:
        return HiresTarget(width=hires.width, height=hires.width * height // width)
    if not hires.width:
        return HiresTarget(width=hires.height * width // height, height=hires.height)
    if width / height < hires.width / hires.height:
        covering = hires.width, hires.width * height // width
    else:
        covering = hires.height * width // height, hires.height
    return HiresTarget(
        width=covering[0],
        height=covering[1],
        crop_x=(covering[0] - hires.width) // 8,
        crop_y=(covering[1] - hires.height) // 8,
    )
