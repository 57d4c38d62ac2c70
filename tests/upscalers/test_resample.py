from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from velatura.errors import RequestError
from velatura.upscalers import UPSCALERS, Upscaler, upscale

if TYPE_CHECKING:
    from pathlib import Path


def read(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGB"))


@pytest.mark.parametrize("name", ["x1", "x2-nearest", "x4"])
def test_the_driver_equals_recorded_results(golden: Path, name: str) -> None:
    request = json.loads((golden / "cases" / f"extras-{name}.json").read_text())["request"]
    pixels = read(golden / "inputs" / request["image"].removeprefix("@"))
    ours = upscale(pixels, request["upscaling_resize"], UPSCALERS[request["upscaler_1"]])
    np.testing.assert_array_equal(ours, read(golden / "cases" / f"extras-{name}.0.png"))


def test_sides_are_rounded_down_to_multiples_of_8() -> None:
    pixels = np.zeros((131, 97, 3), np.uint8)
    for upscaler in UPSCALERS.values():
        assert upscale(pixels, 1.5, upscaler).shape == (192, 144, 3)


def test_an_upscaler_of_fixed_factor_runs_until_the_target_is_reached() -> None:
    calls = []

    def double(pixels: np.ndarray, width: int, height: int) -> np.ndarray:
        calls.append((width, height))
        return pixels.repeat(2, 0).repeat(2, 1)

    entry = Upscaler(label="double", enlarge=double)
    assert upscale(np.zeros((8, 8, 3), np.uint8), 4, entry).shape == (32, 32, 3)
    assert calls == [(32, 32)] * 2
    calls.clear()
    assert upscale(np.zeros((8, 8, 3), np.uint8), 1, entry).shape == (8, 8, 3)
    assert len(calls) == 1
    calls.clear()
    assert upscale(np.zeros((8, 8, 3), np.uint8), 64, entry).shape == (512, 512, 3)
    assert len(calls) == 3


def test_a_factor_that_leaves_no_pixels_is_refused() -> None:
    with pytest.raises(RequestError, match="factor"):
        upscale(np.zeros((16, 16, 3), np.uint8), 0.25, UPSCALERS["Lanczos"])


def test_names_stand_under_their_labels() -> None:
    assert [entry.label for entry in UPSCALERS.values()] == list(UPSCALERS)
    assert list(UPSCALERS) == ["None", "Lanczos", "Nearest"]
