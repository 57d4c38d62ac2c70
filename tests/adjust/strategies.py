"""Adjustments and pictures of every kind, for properties."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from velatura.records import (
    AutoLevels,
    BrightnessContrast,
    Crop,
    Curves,
    HueSaturation,
    Levels,
    Resize,
    Rotate,
    Sharpen,
)

unit = st.floats(0, 1)
signed = st.floats(-1, 1)
percent = st.floats(-100, 100)
colours = st.sampled_from(["value", "red", "green", "blue"])

points = st.lists(
    st.one_of(st.tuples(unit, unit), st.tuples(unit, unit, st.sampled_from(["smooth", "corner"]))),
    min_size=2,
    max_size=8,
).map(tuple)

tones = st.one_of(
    st.builds(
        Levels,
        channel=colours,
        low_input=unit,
        high_input=unit,
        gamma=st.floats(0.1, 10),
        low_output=unit,
        high_output=unit,
        clamp_input=st.booleans(),
        clamp_output=st.booleans(),
    ),
    st.builds(Curves, channel=colours, points=points),
    st.builds(
        Curves,
        type=st.just("freehand"),
        channel=colours,
        values=st.lists(unit, min_size=256, max_size=256).map(tuple),
    ),
    st.builds(BrightnessContrast, brightness=signed, contrast=signed),
)

hues = st.builds(
    HueSaturation,
    range=st.sampled_from(["all", "red", "yellow", "green", "cyan", "blue", "magenta"]),
    hue=st.floats(-180, 180),
    lightness=percent,
    saturation=percent,
    overlap=st.floats(0, 100),
)

geometry = st.one_of(
    st.builds(
        Crop, left=st.integers(0, 5), top=st.integers(0, 5), width=st.just(1), height=st.just(1)
    ),
    st.builds(
        Resize,
        width=st.integers(1, 12),
        height=st.integers(0, 12),
        kernel=st.sampled_from(["nearest", "box", "bilinear", "bicubic", "lanczos"]),
        linear_light=st.booleans(),
    ),
    st.builds(Rotate, degrees=st.floats(-360, 360), fit=st.sampled_from(["crop", "expand"])),
)

sharpening = st.builds(
    Sharpen, radius=st.floats(0.1, 5), amount=st.floats(0, 10), threshold=st.floats(0, 1)
)

adjustments = st.one_of(tones, hues, geometry, sharpening, st.just(AutoLevels()))


def pictures(dtype=np.uint8, channels=(3, 4)):
    shapes = st.tuples(st.integers(1, 6), st.integers(1, 6), st.sampled_from(channels))
    return shapes.flatmap(lambda shape: hnp.arrays(dtype, shape))


any_picture = st.sampled_from([np.uint8, np.uint16]).flatmap(pictures)
