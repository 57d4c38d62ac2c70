"""R-ESRGAN on a portrait: by Velatura's driver, and by a plain call of the same network."""

from __future__ import annotations

import json
import sys
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.nn.functional import conv2d, interpolate, leaky_relu

from velatura.models.upscaler import load_upscaler, packaged_file
from velatura.upscalers import PACKAGED_UPSCALERS, upscale
from velatura.upscalers.network import network_upscaler

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

DOUBLINGS = ("conv_up1", "conv_up2")


def measure(label: str = "R-ESRGAN 4x+", width: int = 128, height: int = 208) -> dict[str, float]:
    """Seconds of two calls each, in the order plain, ours, ours, plain, after a small one.

    Raises:
        RuntimeError: if both do not give the same picture.
    """
    network = load_upscaler(packaged_file(PACKAGED_UPSCALERS[label]))
    upscaler = network_upscaler(label, network)
    weights = dict(network.module.state_dict())
    pixels = np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8)
    values = torch.from_numpy(pixels).permute(2, 0, 1)[None].float() / 255
    with torch.inference_mode():
        plain(weights, values[:, :, :16, :16])
        theirs = [_timed(lambda: plain(weights, values))]
        ours = [_timed(lambda: upscale(pixels, 4, upscaler)) for _ in range(2)]
        theirs.append(_timed(lambda: plain(weights, values)))
    wanted = (theirs[0][0][0].clamp(0, 1) * 255).round().permute(1, 2, 0).numpy()
    if np.abs(wanted - ours[0][0]).max() > 1:
        raise RuntimeError(f"{label}: the two ways give different pictures")
    return {
        "ours": ours[0][1] + ours[1][1],
        "plain": theirs[0][1] + theirs[1][1],
        "ours, processor": ours[0][2] + ours[1][2],
        "plain, processor": theirs[0][2] + theirs[1][2],
    }


def plain(weights: dict[str, Tensor], picture: Tensor) -> Tensor:
    """The network as its paper describes it, on the whole picture.

    Args:
        weights: By Real-ESRGAN's names.
        picture: (1 3 h w), 0..1.
    """

    def conv(name: str, x: Tensor) -> Tensor:
        return conv2d(x, weights[f"{name}.weight"], weights[f"{name}.bias"], padding=1)

    def dense(name: str, x: Tensor) -> Tensor:
        seen = [x]
        for index in (1, 2, 3, 4):
            grown = conv(f"{name}.conv{index}", torch.cat(seen, 1))
            seen.append(leaky_relu(grown, 0.2, inplace=True))
        return conv(f"{name}.conv5", torch.cat(seen, 1)) * 0.2 + x

    first = trunk = conv("conv_first", picture)
    for block in range(sum(name.endswith("rdb1.conv1.weight") for name in weights)):
        inner = trunk
        for part in (1, 2, 3):
            inner = dense(f"body.{block}.rdb{part}", inner)
        trunk = inner * 0.2 + trunk
    features = first + conv("conv_body", trunk)
    for name in DOUBLINGS:
        doubled = interpolate(features, scale_factor=2, mode="nearest")
        features = leaky_relu(conv(name, doubled), 0.2, inplace=True)
    return conv("conv_last", leaky_relu(conv("conv_hr", features), 0.2, inplace=True))


def _timed(call: Callable[[], Any]) -> tuple[Any, float, float]:
    """What a call gives, its seconds, and those of the processor."""
    began, worked = perf_counter(), process_time()
    result = call()
    return result, perf_counter() - began, process_time() - worked


if __name__ == "__main__":
    torch.set_num_threads(int(sys.argv[2]))
    print(json.dumps(measure(sys.argv[1])))
