"""Memory that enlarging a large picture takes.

The network of R-ESRGAN 4x+ would take hours on 676 tiles. It is really run for the first ones, and
the others are made by repeating pixels: all arrays have their real sizes and are written to.
"""

from __future__ import annotations

import json
import sys
from itertools import count
from typing import TYPE_CHECKING

import numpy as np
import torch

from benchmarks.memory import peak_bytes
from velatura.models.upscaler import load_upscaler, packaged_file
from velatura.records.upscale import OVERLAP, TILE
from velatura.upscalers import PACKAGED_UPSCALERS, UPSCALERS, Upscaler, upscale
from velatura.upscalers.tiles import enlarge_tiles, tile_grid

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

NETWORK = "R-ESRGAN 4x+"
SCALE = 4


def measure(
    label: str = NETWORK, side: int = 4096, factor: float = 4.0, real_tiles: int = 2
) -> dict[str, float]:
    """The most resident bytes, imports and the pictures themselves included.

    Args:
        label: An upscaler without weights, or the network.
        side: Of the square picture that is enlarged, in pixels.
        factor: By how much.
        real_tiles: So many tiles are made by the network.
    """
    upscaler = _network(real_tiles) if label == NETWORK else UPSCALERS[label]
    pixels = np.random.default_rng(1).integers(0, 256, (side, side, 3), np.uint8)
    with torch.inference_mode():
        large = upscale(pixels, factor, upscaler)
    return {"peak": float(peak_bytes()), "side": float(large.shape[0])}


def _network(real_tiles: int) -> Upscaler:
    network = load_upscaler(packaged_file(PACKAGED_UPSCALERS[NETWORK]))
    made = count()

    def one(tile: NDArray[np.uint8]) -> NDArray[np.uint8]:
        if next(made) < real_tiles:
            return network.enlarge(tile)
        return tile.repeat(SCALE, 0).repeat(SCALE, 1)

    def enlarge(
        pixels: NDArray[np.uint8],
        width: int,  # noqa: ARG001
        height: int,  # noqa: ARG001
    ) -> Generator[None, None, NDArray[np.uint8]]:
        grid = tile_grid(pixels.shape[1], pixels.shape[0], tile=TILE, overlap=OVERLAP)
        return (yield from enlarge_tiles(pixels, grid, SCALE, one))

    return Upscaler(label=NETWORK, enlarge=enlarge, scale=SCALE)


if __name__ == "__main__":
    torch.set_num_threads(1)
    print(json.dumps(measure(sys.argv[1], factor=float(sys.argv[2]))))
