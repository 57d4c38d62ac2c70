"""Curves: tones mapped through 256 samples, smooth through a few points or drawn by hand.

Domain and range: 0..1, gamma-encoded. Between two samples a tone is interpolated linearly. A smooth
curve is a chain of cubic Bézier segments, one between each two neighbouring points; the slope at an
inner point is that of the line between its two neighbours, a corner hides what lies beyond it.

Equal to GIMP 2.10's ``gimp-drawable-curves-spline`` and ``-curves-explicit``.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from velatura.records.adjustments import SAMPLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from velatura.records.adjustments import CurvePoint, Curves

LAST = SAMPLES - 1

NARROWEST = 1e-6
"""Points closer together than this make a step."""


def map_curve(adjustment: Curves, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """What a curve makes of tones.

    Args:
        adjustment: The curve.
        values: Tones, 0..1, any shape.

    Returns:
        Tones of that shape, 0..1.
    """
    samples = curve_samples(adjustment)
    position = np.clip(values, 0.0, 1.0) * LAST
    below = np.minimum(np.floor(position).astype(np.intp), LAST - 1)
    share = position - below
    return (1 - share) * samples[below] + share * samples[below + 1]


def curve_samples(adjustment: Curves) -> NDArray[np.float64]:
    """The outputs at inputs 0/255, 1/255, ... 255/255."""
    if adjustment.type == "freehand":
        return np.array(adjustment.values, dtype=np.float64)
    points = sorted(adjustment.points, key=lambda point: point[0])
    samples = np.empty(SAMPLES)
    samples[: _index(points[0][0])] = points[0][1]
    samples[_index(points[-1][0]) :] = points[-1][1]
    for number, (start, end) in enumerate(pairwise(points)):
        before = points[number - 1] if number > 0 and not _is_corner(start) else None
        after = points[number + 2] if number + 2 < len(points) and not _is_corner(end) else None
        _draw(samples, (before, start, end, after))
    for point in points:
        samples[_index(point[0])] = point[1]
    return samples


def _index(x: float) -> int:
    """The sample nearest to an input; the upper one of two equally near."""
    return int(LAST * x + 0.5)


def _is_corner(point: CurvePoint) -> bool:
    return point[2:] == ("corner",)


def _draw(
    samples: NDArray[np.float64],
    around: tuple[CurvePoint | None, CurvePoint, CurvePoint, CurvePoint | None],
) -> None:
    """Fill the samples between the two inner points of four with a cubic Bézier segment."""
    _, start, end, _ = around
    width = end[0] - start[0]
    if width <= NARROWEST:
        samples[_index(start[0])] = end[1]
        return
    y0, y1, y2, y3 = _handles(*around)
    first = _index(start[0])
    count = min(_index(width), LAST - first) + 1
    t = np.arange(count) / (LAST * width)
    s = 1 - t
    y = y0 * s * s * s + 3 * y1 * s * s * t + 3 * y2 * s * t * t + y3 * t * t * t
    samples[first : first + count] = np.clip(y, 0.0, 1.0)


def _handles(
    before: CurvePoint | None, start: CurvePoint, end: CurvePoint, after: CurvePoint | None
) -> Sequence[float]:
    """The four ordinates of a segment's Bézier polygon, whose abscissae are equally spaced."""
    y0, y3 = start[1], end[1]
    third = (end[0] - start[0]) / 3
    leaving = (y3 - before[1]) / (end[0] - before[0]) if before else None
    arriving = (after[1] - y0) / (after[0] - start[0]) if after else None
    if leaving is None and arriving is None:
        return y0, y0 + (y3 - y0) / 3, y0 + 2 * (y3 - y0) / 3, y3
    if leaving is None:
        y2 = y3 - arriving * third  # pyright: ignore[reportOptionalOperand]
        return y0, y0 + (y2 - y0) / 2, y2, y3
    y1 = y0 + leaving * third
    if arriving is None:
        return y0, y1, y3 + (y1 - y3) / 2, y3
    return y0, y1, y3 - arriving * third, y3
