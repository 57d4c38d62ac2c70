"""Pixels to more pixels, and latents to more latents."""

from __future__ import annotations

from velatura.upscalers.latent import LatentUpscaler, resize_latents
from velatura.upscalers.resample import Upscaler, keep, lanczos, nearest, upscale
from velatura.upscalers.resize import ResizeMode, resize_picture
from velatura.upscalers.target import HiresTarget, hires_target

UPSCALERS: dict[str, Upscaler] = {
    entry.label: entry
    for entry in (
        Upscaler(label="None", enlarge=keep, summary="Only brings the picture to its size"),
        Upscaler(label="Lanczos", enlarge=lanczos, summary="Sharp, adds no detail"),
        Upscaler(label="Nearest", enlarge=nearest, summary="Keeps hard pixels, for pixel art"),
    )
}
"""Upscalers of pixels by name."""

LATENT_UPSCALERS: dict[str, LatentUpscaler] = {
    entry.label: entry
    for entry in (
        LatentUpscaler(label="Latent", mode="bilinear"),
        LatentUpscaler(label="Latent (antialiased)", mode="bilinear", antialias=True),
        LatentUpscaler(label="Latent (bicubic)", mode="bicubic"),
        LatentUpscaler(label="Latent (bicubic antialiased)", mode="bicubic", antialias=True),
        LatentUpscaler(label="Latent (nearest)", mode="nearest"),
        LatentUpscaler(label="Latent (nearest-exact)", mode="nearest-exact"),
    )
}
"""Upscalers of latents by name; :func:`resize_latents` applies them."""

__all__ = [
    "LATENT_UPSCALERS",
    "UPSCALERS",
    "HiresTarget",
    "LatentUpscaler",
    "ResizeMode",
    "Upscaler",
    "hires_target",
    "keep",
    "lanczos",
    "nearest",
    "resize_latents",
    "resize_picture",
    "upscale",
]
