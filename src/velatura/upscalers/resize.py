"""Bringing a picture to an exact size: stretched, cropped, or with filled margins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from PIL import Image

from velatura.errors import RequestError
from velatura.upscalers.driver import upscale
from velatura.upscalers.resample import lanczos

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from velatura.upscalers.driver import Upscaler

ResizeMode = Literal["stretch", "crop", "fill"]


def resize_picture(
    pixels: NDArray[np.uint8],
    mode: ResizeMode,
    width: int,
    height: int,
    upscaler: Upscaler | None = None,
) -> NDArray[np.uint8]:
    """The picture at exactly width x height.

    Args:
        pixels: uint8, (h, w, 3).
        mode: "stretch" ignores the ratio of sides; "crop" covers the target and cuts what hangs
            over; "fill" fits inside and continues the edge pixels outwards.
        width: Width wanted, in pixels.
        height: Height wanted, in pixels.
        upscaler: Who enlarges, where the picture grows; without one, Lanczos.

    Raises:
        RequestError: a side below 1, or an unknown mode.
    """
    if min(width, height) < 1:
        raise RequestError(f"size: must be at least 1x1, got {width}x{height}", field="size")
    if mode == "stretch":
        return _sampled(pixels, width, height, upscaler)
    if mode not in ("crop", "fill"):
        raise RequestError(f"mode: {mode!r} is not one of stretch, crop, fill", field="mode")
    scaled = _sampled(pixels, *_scaled_size(pixels, mode, width, height), upscaler)
    return _centred(scaled, width, height, fill=mode == "fill")


def _scaled_size(
    pixels: NDArray[np.uint8], mode: ResizeMode, width: int, height: int
) -> tuple[int, int]:
    """Width and height that cover the target ("crop") or fit into it ("fill")."""
    source_height, source_width = pixels.shape[:2]
    is_wider = width / height > source_width / source_height
    is_narrower = width / height < source_width / source_height
    if is_wider if mode == "crop" else is_narrower:
        return width, max(1, source_height * width // source_width)
    return max(1, source_width * height // source_height), height


def _sampled(
    pixels: NDArray[np.uint8], width: int, height: int, upscaler: Upscaler | None
) -> NDArray[np.uint8]:
    source_height, source_width = pixels.shape[:2]
    factor = max(width / source_width, height / source_height)
    if upscaler is not None and factor > 1:
        pixels = upscale(pixels, factor, upscaler)
    return lanczos(pixels, width, height)


def _centred(
    scaled: NDArray[np.uint8], width: int, height: int, *, fill: bool
) -> NDArray[np.uint8]:
    """Pasted into the middle of a black picture; with ``fill`` the margins continue the edges.

    Both halves are rounded down before they are subtracted, so that an odd margin is one pixel
    wider on one side.
    """
    scaled_height, scaled_width = scaled.shape[:2]
    left, top = width // 2 - scaled_width // 2, height // 2 - scaled_height // 2
    canvas = np.zeros((height, width, 3), np.uint8)
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + scaled_width, width), min(top + scaled_height, height)
    canvas[y0:y1, x0:x1] = scaled[y0 - top : y1 - top, x0 - left : x1 - left]
    if fill:
        canvas[:y0, x0:x1] = _edge(scaled, y0, row=0)
        canvas[y1:, x0:x1] = _edge(scaled, height - y1, row=scaled_height)
        canvas[y0:y1, :x0] = _edge(scaled.swapaxes(0, 1), x0, row=0).swapaxes(0, 1)
        columns = _edge(scaled.swapaxes(0, 1), width - x1, row=scaled_width)
        canvas[y0:y1, x1:] = columns.swapaxes(0, 1)
    return canvas


def _edge(pixels: NDArray[np.uint8], rows: int, *, row: int) -> NDArray[np.uint8]:
    """The picture's border at ``row``, stretched over so many rows.

    A bicubic filter looks at a box without height, so that the border's second row counts too:
    1.125 of the first less 0.125 of the second.
    """
    width = pixels.shape[1]
    if not rows:
        return np.zeros((0, width, 3), np.uint8)
    image = Image.fromarray(np.ascontiguousarray(pixels))
    box = (0, row, width, row)
    return np.asarray(image.resize((width, rows), Image.Resampling.BICUBIC, box=box))
