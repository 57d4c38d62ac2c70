"""Enlarging latents directly, without decoding them to pixels first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class LatentUpscaler:
    """An entry of ``LATENT_UPSCALERS``.

    Attributes:
        label: The field's name for it.
        mode: How values between the cells are interpolated.
        antialias: Whether the filter widens when a side shrinks.
    """

    label: str
    mode: Literal["bilinear", "bicubic", "nearest", "nearest-exact"]
    antialias: bool = False


def resize_latents(latents: Tensor, width: int, height: int, upscaler: LatentUpscaler) -> Tensor:
    """Latents for a picture of another size.

    Args:
        latents: (b c h w).
        width: Width of the picture in pixels; eight of them are one latent cell.
        height: Height of the picture in pixels.
        upscaler: How to interpolate.
    """
    from torch.nn.functional import interpolate

    size = (height // 8, width // 8)
    return interpolate(latents, size=size, mode=upscaler.mode, antialias=upscaler.antialias)
