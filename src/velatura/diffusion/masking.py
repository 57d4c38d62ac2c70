"""Inpainting: a ``Denoise`` that knows the part of the picture that stays.

Samplers of the "sigma" family get estimates in which the kept part is the original; those of the
"timestep" family ask at latents in which it is. Either way the original is free of noise. In
spirit Lugmayr et al. 2022 (RePaint, arXiv:2201.09865), without its resampling.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from torch import Tensor

    from velatura.diffusion.samplers.base import Denoise


@dataclass(frozen=True, slots=True)
class Masked:
    """A ``Denoise`` around another one.

    Attributes:
        denoise: The one around which it is.
        mask: 1 where the picture is painted anew, 0 where it stays; broadcasts to (b c h w).
        original: Latents of the picture, without noise, (b c h w).
        family: Of the sampler.
    """

    denoise: Denoise
    mask: Tensor
    original: Tensor
    family: Literal["sigma", "timestep"]

    def __call__(self, x: Tensor, level: float) -> Tensor:
        """The estimate at ``x``, (b c h w)."""
        if self.family == "timestep":
            return self.denoise(self.blended(x), level)
        return self.blended(self.denoise(x, level))

    def branches(self, x: Tensor, level: float, scale_factor: float) -> tuple[Tensor, Tensor]:
        """The guided estimate with the guidance scale times ``scale_factor``, and the unguided."""
        if self.family == "timestep":
            return self.denoise.branches(self.blended(x), level, scale_factor)
        guided, unguided = self.denoise.branches(x, level, scale_factor)
        return self.blended(guided), self.blended(unguided)

    def alpha(self, level: float) -> float:
        """The share of signal power at a timestep."""
        return self.denoise.alpha(level)

    def blended(self, latents: Tensor) -> Tensor:
        """The latents where the picture is painted anew, the original where it stays.

        The pipeline applies it to the final latents as well.
        """
        return latents * self.mask + self.original * (1 - self.mask)
