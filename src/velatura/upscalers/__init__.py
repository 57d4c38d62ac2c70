"""Pixels to more pixels, and latents to more latents."""

from __future__ import annotations

from velatura.upscalers.driver import (
    Enlarge,
    Upscaler,
    at_once,
    finish,
    plan_enlargement,
    upscale,
    upscaling,
)
from velatura.upscalers.latent import LatentUpscaler, resize_latents
from velatura.upscalers.packaged import PACKAGED_UPSCALERS, PackagedUpscaler
from velatura.upscalers.resample import bicubic, bilinear, keep, lanczos, nearest
from velatura.upscalers.resize import ResizeMode, resize_picture
from velatura.upscalers.target import HiresTarget, hires_target

UPSCALERS: dict[str, Upscaler] = {
    entry.label: entry
    for entry in (
        Upscaler(
            label="None", enlarge=at_once(keep), summary="Only brings the picture to its size"
        ),
        Upscaler(label="Lanczos", enlarge=at_once(lanczos), summary="Sharp, adds no detail"),
        Upscaler(
            label="Nearest", enlarge=at_once(nearest), summary="Keeps hard pixels, for pixel art"
        ),
        Upscaler(label="Bicubic", enlarge=at_once(bicubic), summary="Softer than Lanczos"),
        Upscaler(label="Bilinear", enlarge=at_once(bilinear), summary="Soft, never rings"),
    )
}
"""Upscalers of pixels that need no weights, by name. Those with packaged weights are in
``PACKAGED_UPSCALERS``; more are found in the model folders."""

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
    "PACKAGED_UPSCALERS",
    "UPSCALERS",
    "Enlarge",
    "HiresTarget",
    "LatentUpscaler",
    "PackagedUpscaler",
    "ResizeMode",
    "Upscaler",
    "at_once",
    "finish",
    "hires_target",
    "keep",
    "lanczos",
    "nearest",
    "plan_enlargement",
    "resize_latents",
    "resize_picture",
    "upscale",
    "upscaling",
]
