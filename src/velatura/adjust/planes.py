"""A picture's channels as planes of light, for filters that mix neighbouring pixels.

Colours are weighted by alpha while they are mixed: what cannot be seen colours nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from velatura.adjust.channels import has_alpha, places
from velatura.adjust.tones import stored, tones, top_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from velatura.records import Pixels

    Plane = NDArray[np.float32]


def filter_pixels(
    pixels: Pixels, mix: Callable[[Plane], Plane], *, linear_light: bool = False
) -> Pixels:
    """Pixels whose channels each went through a filter.

    Args:
        pixels: uint8 or uint16, (h, w, 1, 3 or 4).
        mix: From one plane, (h, w), 0..1, to another of any one size.
        linear_light: Whether planes hold light rather than its sRGB encoding.
    """
    top = top_of(pixels)
    planes = [
        stored(encode(plane) if linear_light else plane, top)
        for plane in filter_colours(pixels, mix, linear_light=linear_light)
    ]
    if has_alpha(pixels.shape[2]):
        planes.append(stored(mix(_plane(pixels, -1, tones(top))), top))
    return np.stack(planes, axis=2)


def filter_colours(
    pixels: Pixels, mix: Callable[[Plane], Plane], *, linear_light: bool = False
) -> Iterator[Plane]:
    """Each colour's plane after a filter, not rounded and perhaps beyond 0..1."""
    table = tones(top_of(pixels))
    light = decode(table) if linear_light else table
    if not has_alpha(pixels.shape[2]):
        for place in places("value", pixels.shape[2]):
            yield mix(_plane(pixels, place, light))
        return
    alpha = _plane(pixels, -1, table)
    mixed_alpha = mix(alpha)
    is_seen = mixed_alpha > 0
    for place in places("value", pixels.shape[2]):
        mixed = mix(_plane(pixels, place, light) * alpha)
        yield np.divide(mixed, mixed_alpha, out=np.zeros_like(mixed), where=is_seen)


def _plane(pixels: Pixels, place: int, table: NDArray[np.float64]) -> Plane:
    return table.astype(np.float32)[pixels[..., place]]


def decode(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """sRGB-encoded tones as light, 0..1 (IEC 61966-2-1)."""
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def encode(light: Plane) -> Plane:
    """Light as sRGB-encoded tones, 0..1 (IEC 61966-2-1)."""
    light = np.clip(light, 0, 1)
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
