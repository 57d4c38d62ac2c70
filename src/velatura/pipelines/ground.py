"""What a painting begins with that is painted over a picture, and what becomes of it at the end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from velatura.diffusion.masking import mixed
from velatura.diffusion.noise import NoiseRecipe, PictureNoise
from velatura.pipelines.color_correction import color_corrected
from velatura.pipelines.latents import decoding
from velatura.records import Picture

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from velatura.masking import Overlay
    from velatura.pipelines.kit import Kit
    from velatura.records import Bitmap, Img2Img, Painting, Pixels, SoftInpainting


ALPHA_CHANNELS = 4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ground:
    """A picture, prepared to be painted over.

    Attributes:
        latents: Of the picture, (1 c h w).
        noisy: Whether there is noise under the mask instead.
        mask: 1 where the latents are painted anew, (h w); None paints all.
        soft: How a mask with greys lets go.
        beside: What an inpainting checkpoint is shown beside the latents, (1 5 h w).
        colours: The picture whose colours the result takes on, (h, w, 3).
        overlay: What is laid over the result, given its latents and those it was begun with,
            (c h w) both.
        remarks: What the maker should know.
    """

    latents: Tensor
    noisy: bool = False
    mask: Tensor | None = None
    soft: SoftInpainting | None = None
    beside: Tensor | None = None
    colours: NDArray[np.uint8] | None = None
    overlay: Callable[[Tensor, Tensor], Overlay] | None = None
    remarks: tuple[str, ...] = ()

    def begun(self, singles: Sequence[Painting]) -> Tensor:
        """The latents of a batch of pictures, (b c h w)."""
        latents = self.latents.expand(len(singles), -1, -1, -1)
        if self.mask is None or not self.noisy:
            return latents
        return mixed(latents, self._noise(singles), self.mask)

    def finishing(self, latent: Tensor, single: Img2Img, kit: Kit) -> Callable[[], Picture]:
        """Have a latent, (c h w), decoded; what is returned waits for the picture."""
        wait = decoding(latent, kit.model)

        def take() -> Picture:
            pixels, remarks = wait()
            if self.colours is not None:
                pixels = color_corrected(pixels, self.colours)
            seam = None
            if self.overlay is not None:
                overlay = self.overlay(latent, self.begun((single,))[0])
                placed = overlay.placed(pixels)
                seam = overlay.seam(placed)
                pixels = _as_deep(overlay.over(placed), overlay.pixels, single.image)
            return Picture(
                pixels=pixels,
                request=single,
                models=kit.uses,
                remarks=(*kit.remarks, *self.remarks, *remarks),
                profile=single.image.profile,
                seam=seam,
            )

        return take

    def _noise(self, singles: Sequence[Painting]) -> Tensor:
        """The first noise of the pictures' seeds alone, without variation, (b c h w)."""
        options = replace(singles[0].noise, resize_width=0, resize_height=0)
        channels, height, width = self.latents.shape[1:]
        recipe = NoiseRecipe(
            seeds=tuple(single.seed for single in singles),
            shape=(channels, height, width),
            options=options,
            device=str(self.latents.device),
        )
        return PictureNoise(recipe).first()


def _as_deep(pixels: NDArray[np.uint8], seen: NDArray[np.uint8], image: Bitmap) -> Pixels:
    """The result with all the bits of a 16-bit picture where it did not change, (h, w, 3).

    Args:
        pixels: The result.
        seen: The picture in 8 bits, as it was painted over.
        image: The picture.
    """
    deep = image.array
    is_same = deep.shape[:2] == pixels.shape[:2] and deep.shape[2] != ALPHA_CHANNELS
    if deep.dtype != np.uint16 or not is_same:
        return pixels
    return np.where(pixels == seen, deep, pixels.astype(np.uint16) * 257)
