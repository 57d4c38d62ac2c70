"""Pictures that GIMP 2.10.34 really made."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image

from velatura.adjust import apply
from velatura.records import AutoLevels, BrightnessContrast, Curves, HueSaturation, Levels

LEVELS = ("low_input", "high_input", "gamma", "low_output", "high_output")
HUE = ("hue", "lightness", "saturation", "overlap")


def adjustment_of(case):
    """A case in GIMP's words as a record."""
    channel = case.get("channel", "").removeprefix("HISTOGRAM-").lower()
    match case["op"]:
        case "levels":
            clamp = {"clamp_input": case["clamp"], "clamp_output": case["clamp"]}
            return Levels(channel=channel, **clamp, **{name: case[name] for name in LEVELS})
        case "levels-stretch":
            return AutoLevels()
        case "curves-smooth":
            numbers = case["points"]
            points = tuple(zip(numbers[::2], numbers[1::2], strict=True))
            return Curves(channel=channel, points=points)
        case "curves-freehand":
            return Curves(channel=channel, type="freehand", values=tuple(case["values"]))
        case "brightness-contrast":
            return BrightnessContrast(brightness=case["brightness"], contrast=case["contrast"])
        case "hue-saturation":
            colours = case["range"].removeprefix("HUE-RANGE-").lower()
            return HueSaturation(range=colours, **{name: case[name] for name in HUE})


def test_every_recorded_picture_is_made_exactly(gimp):
    cases = json.loads((gimp / "cases.json").read_text("utf-8"))
    assert cases
    for case in cases:
        before = np.asarray(Image.open(gimp / f"{case['input']}.png").convert("RGB"))
        after = np.asarray(Image.open(gimp / case["output"]).convert("RGB")).astype(int)
        difference = np.abs(apply(before, [adjustment_of(case)]) - after)
        assert difference.max() <= 1, case["output"]
        assert np.count_nonzero(difference) == 0, case["output"]


@pytest.mark.parametrize("depth", [8, 16])
def test_deep_pictures_follow_the_recorded_ones(gimp, depth):
    """With 16 bits nothing but the rounding differs."""
    case = json.loads((gimp / "cases.json").read_text("utf-8"))[0]
    before = np.asarray(Image.open(gimp / f"{case['input']}.png").convert("RGB"))
    after = np.asarray(Image.open(gimp / case["output"]).convert("RGB"))
    deep = before if depth == 8 else before.astype(np.uint16) * 257
    made = apply(deep, [adjustment_of(case)]) / (2**depth - 1)
    assert np.abs(made * 255 - after).max() <= 0.51
