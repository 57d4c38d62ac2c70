"""The networks whose weights come with a package that Velatura requires."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PackagedUpscaler:
    """An entry of ``PACKAGED_UPSCALERS``.

    Attributes:
        label: The field's name for it.
        file: Its files' name in the package, without extension.
        scale: Output pixels for one of the input, along a side.
        summary: One line for a menu: what it is good for.
        aliases: Other names it answers to; the first is that of its original file.
    """

    label: str
    file: str
    scale: int
    summary: str
    aliases: tuple[str, ...] = ()


PACKAGED_UPSCALERS: dict[str, PackagedUpscaler] = {
    entry.label: entry
    for entry in (
        PackagedUpscaler(
            label="R-ESRGAN 4x+",
            file="REALESRGAN_X4PLUS_UP4X",
            scale=4,
            summary="Photographs and paintings; slow",
            aliases=("RealESRGAN_x4plus", "R-ESRGAN General 4x+"),
        ),
        PackagedUpscaler(
            label="R-ESRGAN 4x+ Anime6B",
            file="REALESRGAN_X4PLUSANIME_UP4X",
            scale=4,
            summary="Drawings: clean lines and flat colours; four times faster",
            aliases=("RealESRGAN_x4plus_anime_6B",),
        ),
        PackagedUpscaler(
            label="R-ESRGAN AnimeVideo",
            file="REALESRGAN_ANIMAVIDEOV3_UP4X",
            scale=4,
            summary="Drawings in a hurry: the smallest network",
            aliases=("realesr-animevideov3",),
        ),
    )
}
"""Upscalers with packaged weights by name: Real-ESRGAN's (BSD-3-Clause)."""
