"""The upscalers there are, by name.

Those of pixels whose weights a package brings stand in :mod:`velatura.upscalers.packaged`; more are
found in the model folders, and go by the names of their files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from velatura.choices import known_names, unknown_name
from velatura.upscalers.driver import Upscaler, at_once
from velatura.upscalers.latent import LatentUpscaler
from velatura.upscalers.packaged import PACKAGED_UPSCALERS
from velatura.upscalers.resample import bicubic, bilinear, keep, lanczos, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

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


def upscaler_names(files: Iterable[str] = (), *, latent: bool = False) -> dict[str, str]:
    """Every name of an upscaler, in lower case, and the label it stands for.

    Args:
        files: Names of upscalers in the model folders.
        latent: Whether those of latents count.
    """
    names = {label.lower(): label for label in LATENT_UPSCALERS} if latent else {}
    names |= known_names(UPSCALERS) | known_names(PACKAGED_UPSCALERS)
    return {name.lower(): name for name in files} | names


def upscaler_label(
    name: str, files: Iterable[str] = (), *, latent: bool = False, field: str = "upscaler"
) -> str:
    """The label of the upscaler that a name means.

    Raises:
        RequestError: for a name that means none, with the nearest ones.
    """
    names = upscaler_names(files, latent=latent)
    label = names.get(name.strip().lower())
    if label is None:
        raise unknown_name(name, names, field)
    return label
