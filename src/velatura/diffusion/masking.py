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
    from velatura.records import SoftInpainting

SMALLEST_NORM = 1e-5
"""Added to a norm before it divides."""


@dataclass(frozen=True, slots=True)
class Masked:
    """A ``Denoise`` around another one.

    Attributes:
        denoise: The one around which it is.
        mask: 1 where the picture is painted anew, 0 where it stays, (h w).
        original: Latents of the picture, without noise, (b c h w).
        family: Of the sampler.
        soft: How a mask with greys lets go; None mixes linearly.
    """

    denoise: Denoise
    mask: Tensor
    original: Tensor
    family: Literal["sigma", "timestep"]
    soft: SoftInpainting | None = None

    def __call__(self, x: Tensor, level: float) -> Tensor:
        """The estimate at ``x``, (b c h w)."""
        if self.family == "timestep":
            return self.denoise(self.blended(x, level), level)
        return self.blended(self.denoise(x, level), level)

    def branches(self, x: Tensor, level: float, scale_factor: float) -> tuple[Tensor, Tensor]:
        """The guided estimate with the guidance scale times ``scale_factor``, and the unguided."""
        if self.family == "timestep":
            return self.denoise.branches(self.blended(x, level), level, scale_factor)
        guided, unguided = self.denoise.branches(x, level, scale_factor)
        return self.blended(guided, level), self.blended(unguided, level)

    def alpha(self, level: float) -> float:
        """The share of signal power at a timestep."""
        return self.denoise.alpha(level)

    def blended(self, latents: Tensor, level: float) -> Tensor:
        """The latents where the picture is painted anew, the original where it stays."""
        if self.soft is None:
            return mixed(self.original, latents, self.mask)
        return softly_mixed(self.original, latents, self.mask, level, self.soft)

    def finished(self, latents: Tensor) -> Tensor:
        """The last latents with the original where it stays; a soft mask has done its work."""
        return latents if self.soft else mixed(self.original, latents, self.mask)


def mixed(original: Tensor, latents: Tensor, mask: Tensor) -> Tensor:
    """``original`` where the mask is 0, ``latents`` where it is 1; all broadcast."""
    return latents * mask + original * (1 - mask)


def softly_mixed(
    original: Tensor, latents: Tensor, mask: Tensor, level: float, soft: SoftInpainting
) -> Tensor:
    """A mixture whose strength depends on the noise, and which keeps contrast.

    The mask becomes ``m^(k level^p)`` with preservation k and bias p. Mixing two vectors shortens
    them, so that every cell's vector over the channels is brought to the length
    ``((1 - m) |original|^b + m |latents|^b)^(1/b)`` with contrast b.

    Args:
        original: (b c h w).
        latents: (b c h w).
        mask: (h w), 0..1.
        level: Sigma or timestep.
        soft: The three exponents.
    """
    share = mask ** (soft.preservation * level**soft.bias)
    mixture = mixed(original, latents, share)
    present = mixture.norm(dim=1, keepdim=True).double() + SMALLEST_NORM
    powers = (t.norm(dim=1, keepdim=True).double() ** soft.contrast for t in (original, latents))
    wanted = mixed(next(powers), next(powers), share.double()) ** (1 / soft.contrast)
    return mixture * (wanted / present).to(mixture.dtype)
