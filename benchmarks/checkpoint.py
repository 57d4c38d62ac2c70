"""A checkpoint of Stable Diffusion 1.5's size in the original single-file layout.

Its 1,066 million weights are random: time and memory do not depend on what was learnt.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

from tests.ldm_layout import Layout, layout_shapes, random_weights

if TYPE_CHECKING:
    from pathlib import Path

SD_1_5 = Layout(
    channels=(320, 640, 1280, 1280),
    res_blocks=(2, 2, 2, 2),
    attention=(True, True, True, False),
    context=768,
    text_layers=12,
    vae_channels=(128, 256, 512, 512),
    vae_res_blocks=2,
)
"""U-Net of 860, text model of 123 and autoencoder of 84 million weights."""


def write_checkpoint(path: Path, layout: Layout = SD_1_5, *, half: bool = False) -> Path:
    """Write a safetensors file, tensor by tensor, so that it is never held in memory.

    Format: https://github.com/huggingface/safetensors#format.

    Args:
        path: The file.
        layout: Its sizes.
        half: Whether in float16, as most files are handed on, instead of float32.
    """
    shapes = layout_shapes(layout)
    header = json.dumps(_header(shapes, half=half)).encode()
    header += b" " * (-len(header) % 8)
    with path.open("wb") as file:
        file.write(len(header).to_bytes(8, "little"))
        file.write(header)
        for seed, (name, shape) in enumerate(shapes.items()):
            weight = random_weights({name: shape}, seed=seed)[name]
            file.write((weight.half() if half else weight.float()).numpy().data)
    return path


def _header(shapes: dict[str, tuple[int, ...]], *, half: bool) -> dict[str, object]:
    """The table of contents: type, shape, and first and last byte of each tensor."""
    header: dict[str, object] = {}
    end = 0
    for name, shape in shapes.items():
        begin, end = end, end + (2 if half else 4) * math.prod(shape)
        header[name] = {
            "dtype": "F16" if half else "F32",
            "shape": shape,
            "data_offsets": (begin, end),
        }
    return header
