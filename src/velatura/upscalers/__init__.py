"""Pixels to more pixels, and latents to more latents."""

from __future__ import annotations

from velatura.upscalers.driver import (
    Enlarge,
    Enlargement,
    Upscaler,
    finish,
    plan_enlargement,
    upscale,
    upscaling,
)
from velatura.upscalers.latent import LatentUpscaler, resize_latents
from velatura.upscalers.packaged import PACKAGED_UPSCALERS, PackagedUpscaler
from velatura.upscalers.resample import lanczos
from velatura.upscalers.resize import ResizeMode, resize_picture
from velatura.upscalers.table import LATENT_UPSCALERS, UPSCALERS, upscaler_label, upscaler_names
from velatura.upscalers.target import HiresTarget, hires_target

__all__ = [
    "LATENT_UPSCALERS",
    "PACKAGED_UPSCALERS",
    "UPSCALERS",
    "Enlarge",
    "Enlargement",
    "HiresTarget",
    "LatentUpscaler",
    "PackagedUpscaler",
    "ResizeMode",
    "Upscaler",
    "finish",
    "hires_target",
    "lanczos",
    "plan_enlargement",
    "resize_latents",
    "resize_picture",
    "upscale",
    "upscaler_label",
    "upscaler_names",
    "upscaling",
]
