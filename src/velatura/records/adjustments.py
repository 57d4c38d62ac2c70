"""What can be done to a finished picture's pixels: one record for each kind of adjustment.

Names, units and ranges are GIMP 2.10's own. Fractions from 0 to 1 stand for black to white on the
picture's own gamma-encoded scale, whatever its bit depth.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from annotated_types import Interval

from velatura.errors import RequestError
from velatura.limits import Checked
from velatura.records.bitmap import LARGEST_SIDE

Unit = Annotated[float, Interval(ge=0.0, le=1.0)]
Signed = Annotated[float, Interval(ge=-1.0, le=1.0)]
Percent = Annotated[float, Interval(ge=-100.0, le=100.0)]
Place = Annotated[int, Interval(ge=0, le=LARGEST_SIDE)]
Length = Annotated[int, Interval(ge=1, le=LARGEST_SIDE)]

Channel = Literal["value", "red", "green", "blue", "alpha"]
"""What a tone adjustment acts on; "value" is red, green and blue alike."""

HueRange = Literal["all", "red", "yellow", "green", "cyan", "blue", "magenta"]
Kernel = Literal["nearest", "box", "bilinear", "bicubic", "lanczos"]

CurvePoint = tuple[float, float] | tuple[float, float, Literal["smooth", "corner"]]
"""Input and output from 0 to 1, and whether the curve bends smoothly there (it does by default)."""

SAMPLES = 256
"""Values of a freehand curve."""

MOST_POINTS = 256
"""Points of a smooth curve; more could not be told apart on its 256 samples."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels(Checked):
    """Stretch the tones between two inputs to two outputs, with a gamma in between.

    Attributes:
        kind: Tells adjustments apart in a document.
        channel: What it acts on.
        low_input: Input that becomes ``low_output``.
        high_input: Input that becomes ``high_output``.
        gamma: Above 1 brightens the middle tones, below 1 darkens them.
        low_output: Output of the darkest input.
        high_output: Output of the brightest input.
        clamp_input: Inputs outside the two limits count as the limits.
        clamp_output: Outputs beyond 0 and 1 are cut off before they are stored, as they would be
            anyway when they are stored as whole numbers.
    """

    kind: Literal["levels"] = "levels"
    channel: Channel = "value"
    low_input: Unit = 0.0
    high_input: Unit = 1.0
    gamma: Annotated[float, Interval(ge=0.1, le=10.0)] = 1.0
    low_output: Unit = 0.0
    high_output: Unit = 1.0
    clamp_input: bool = True
    clamp_output: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoLevels(Checked):
    """Stretch red, green and blue each so that about 0.6 % of the pixels clip at either end.

    A greyscale picture's one channel is stretched as "value".

    Attributes:
        kind: Tells adjustments apart in a document.
    """

    kind: Literal["auto_levels"] = "auto_levels"


@dataclass(frozen=True, slots=True, kw_only=True)
class Curves(Checked):
    """Map tones through a curve, smooth through a few points or drawn by hand.

    Attributes:
        kind: Tells adjustments apart in a document.
        channel: What it acts on.
        type: "smooth" goes through ``points``, "freehand" is drawn by ``values``.
        points: From 2 to 256 points of a smooth curve, in any order.
        values: The 256 outputs, from 0 to 1, of a freehand curve.
    """

    kind: Literal["curves"] = "curves"
    channel: Channel = "value"
    type: Literal["smooth", "freehand"] = "smooth"
    points: tuple[CurvePoint, ...] = ()
    values: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what is no curve of its type.

        Raises:
            RequestError: naming the point or value.
        """
        Checked.__post_init__(self)
        if self.type == "smooth":
            _refuse_given("values", self.values, self.type)
            _check_points(self.points)
        else:
            _refuse_given("points", self.points, self.type)
            _check_values(self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class BrightnessContrast(Checked):
    """Lighten or darken, and spread tones from the middle grey or draw them to it.

    Attributes:
        kind: Tells adjustments apart in a document.
        brightness: -1 halves every tone, 1 brings every tone half the way to white.
        contrast: -1 makes everything middle grey, 1 makes everything black or white.
    """

    kind: Literal["brightness_contrast"] = "brightness_contrast"
    brightness: Signed = 0.0
    contrast: Signed = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HueSaturation(Checked):
    """Turn, saturate and lighten colours, all of them or those of one sixth of the circle.

    Attributes:
        kind: Tells adjustments apart in a document.
        range: The colours it acts on.
        hue: Degrees around the colour circle, from red towards yellow.
        lightness: Percent of the way to white, or below 0 to black; 100 goes half the way.
        saturation: Percent added to the saturation; -100 leaves greys.
        overlap: Percent by which neighbouring ranges blend into each other.
    """

    kind: Literal["hue_saturation"] = "hue_saturation"
    range: HueRange = "all"
    hue: Annotated[float, Interval(ge=-180.0, le=180.0)] = 0.0
    lightness: Percent = 0.0
    saturation: Percent = 0.0
    overlap: Annotated[float, Interval(ge=0.0, le=100.0)] = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Crop(Checked):
    """Keep a rectangle, which must lie within the picture. In pixels.

    Attributes:
        kind: Tells adjustments apart in a document.
        left: First column kept, from 0.
        top: First row kept, from 0.
        width: Columns kept.
        height: Rows kept.
    """

    kind: Literal["crop"] = "crop"
    left: Place = 0
    top: Place = 0
    width: Length
    height: Length


@dataclass(frozen=True, slots=True, kw_only=True)
class Resize(Checked):
    """Resample to another size. In pixels.

    Attributes:
        kind: Tells adjustments apart in a document.
        width: Width wanted; 0 follows from ``height`` and the ratio of sides.
        height: Height wanted; 0 follows from ``width``.
        kernel: "lanczos" is sharpest; "bicubic" and "bilinear" are softer, "box" averages,
            "nearest" keeps hard pixels.
        linear_light: Average light rather than its encoding: fine bright detail keeps its weight.
    """

    kind: Literal["resize"] = "resize"
    width: Place = 0
    height: Place = 0
    kernel: Kernel = "lanczos"
    linear_light: bool = False

    def __post_init__(self) -> None:
        """Refuse a size of nothing.

        Raises:
            RequestError: neither side is given.
        """
        Checked.__post_init__(self)
        if not self.width and not self.height:
            raise RequestError("width: give a width, a height or both", field="width")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotate(Checked):
    """Turn the picture; quarter turns are exact, everything between is resampled.

    Attributes:
        kind: Tells adjustments apart in a document.
        degrees: Clockwise.
        fit: "crop" keeps the largest part of the same ratio of sides that has no empty corners,
            "expand" enlarges the picture until all of it fits; empty corners are transparent where
            the picture has alpha, else black.
    """

    kind: Literal["rotate"] = "rotate"
    degrees: Annotated[float, Interval(ge=-360.0, le=360.0)]
    fit: Literal["crop", "expand"] = "crop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharpen(Checked):
    """Unsharp mask: add the difference between the picture and a blurred one.

    Attributes:
        kind: Tells adjustments apart in a document.
        radius: Standard deviation of the blur in pixels.
        amount: How much of the difference is added.
        threshold: Differences up to this share of the scale, 0 to 1, are left alone.
    """

    kind: Literal["sharpen"] = "sharpen"
    radius: Annotated[float, Interval(ge=0.1, le=100.0)] = 3.0
    amount: Annotated[float, Interval(ge=0.0, le=10.0)] = 0.5
    threshold: Unit = 0.0


Adjustment = (
    Levels
    | AutoLevels
    | Curves
    | BrightnessContrast
    | HueSaturation
    | Crop
    | Resize
    | Rotate
    | Sharpen
)


def _refuse_given(name: str, value: tuple[object, ...], curve: str) -> None:
    if value:
        raise RequestError(f"{name}: a {curve} curve has none; leave them out", field=name)


def _check_points(points: tuple[CurvePoint, ...]) -> None:
    if not 2 <= len(points) <= MOST_POINTS:
        raise RequestError(
            f"points: a smooth curve needs from 2 to {MOST_POINTS} points, got {len(points)}",
            field="points",
        )
    for index, point in enumerate(points):
        position = f"points[{index}]"
        _check_point(point, position)
        _check_unit(point[0], f"{position}[0]")
        _check_unit(point[1], f"{position}[1]")


def _check_point(point: object, position: str) -> None:
    is_point = isinstance(point, tuple) and (len(point) == 2 or point[2:] in _BENDS)  # pyright: ignore[reportUnknownArgumentType]
    if not is_point:
        raise RequestError(
            f'{position}: expected an input and an output, and perhaps "corner", got {point!r}',
            field=position,
        )


_BENDS = (("smooth",), ("corner",))


def _check_values(values: tuple[float, ...]) -> None:
    if len(values) != SAMPLES:
        raise RequestError(
            f"values: a freehand curve needs {SAMPLES} values, got {len(values)}", field="values"
        )
    for index, value in enumerate(values):
        _check_unit(value, f"values[{index}]")


def _check_unit(value: Any, position: str) -> None:  # noqa: ANN401
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not (is_number and math.isfinite(value) and 0 <= value <= 1):
        raise RequestError(
            f"{position}: expected a number from 0 to 1, got {value!r}", field=position
        )
