"""Seconds and memory of laps, from those of laps that were run.

A lap of a shape that was run before takes the median of what it took. Another shape's is read off
a plane through the logarithms of what was run, which lies closest to the shapes nearest to it:
locally weighted regression (Cleveland 1979, doi 10.1080/01621459.1979.10481038) with a normal
prior on the slopes, so that one shape is enough to begin with.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from velatura.forecast.laps import Lap
    from velatura.forecast.runs import Timed

    Shape = tuple[int, int]

LATEST = 9
"""Runs of a shape that count: a machine changes."""

NEAR = 0.7
"""Width of the weights: shapes whose sizes differ by a factor of two still count for much."""

NOISE = 0.05
"""Deviation of the logarithm of what is measured."""

LEAST = 1e-6
"""Seconds or bytes: less counts as this, for its logarithm."""

SLOPES_OF_TIME = (1.1, 0.95)
"""Exponents on pixels and rows that are expected: attention is more than proportional to pixels,
and many pictures at once take a little less than one by one."""

SLOPES_OF_MEMORY = (0.3, 0.1)
"""The same for memory, most of which are weights."""

SLOPE_DEVIATION = 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What a request will take.

    Attributes:
        seconds: Without loading models; None where one of its models was never run here.
        loading_seconds: What loading them takes in addition where they are not in memory yet;
            None where that was never measured.
        peak_bytes: The most memory that the process will have; None where nobody counts.
        is_seen: Whether every lap is of a shape that was run here before.
    """

    seconds: float | None
    loading_seconds: float | None = None
    peak_bytes: int | None = None
    is_seen: bool = False


def estimate(laps: Sequence[Lap], run: Sequence[Timed]) -> Forecast:
    """The forecast for laps, from laps that were run.

    Args:
        laps: All that a request needs but for loading, see :func:`~velatura.forecast.laps.laps_of`.
        run: What is known.
    """
    told = [_told(lap, run, _seconds, SLOPES_OF_TIME) for lap in laps]
    peak = _told(laps[-1], run, _peak, SLOPES_OF_MEMORY)
    times = [value * lap.count for lap, value in zip(laps, told, strict=True) if value is not None]
    loading = [timed for timed in run if timed.lap.what == "loading"]
    of_mine = [timed.seconds for timed in loading if timed.lap.model == laps[0].model]
    return Forecast(
        seconds=sum(times) if len(times) == len(laps) else None,
        loading_seconds=median(of_mine[-LATEST:]) if of_mine else None,
        peak_bytes=int(peak) if peak else None,
        is_seen=all(any(_is_alike(lap, timed.lap) for timed in run) for lap in laps),
    )


def _told(
    lap: Lap,
    run: Iterable[Timed],
    measure: Callable[[Timed], float | None],
    slopes: tuple[float, float],
) -> float | None:
    """A lap's measure, for a count of one; None where nothing is known of its model."""
    known: dict[Shape, list[float]] = defaultdict(list)
    for timed in run:
        value = measure(timed)
        if (timed.lap.what, timed.lap.model) == (lap.what, lap.model) and value is not None:
            known[timed.lap.pixels, timed.lap.rows].append(value)
    if not known:
        return None
    usual = {shape: median(values[-LATEST:]) for shape, values in known.items()}
    shape = lap.pixels, lap.rows
    return usual[shape] if shape in usual else _read_off(shape, usual, slopes)


def _read_off(shape: Shape, usual: dict[Shape, float], slopes: tuple[float, float]) -> float:
    """The height at a shape of the plane that fits its neighbours."""
    logs = np.log(np.array(list(usual), dtype=float)) - np.log(shape)  # n 2
    heights = np.log(np.maximum(list(usual.values()), LEAST))
    weights = np.exp(-0.5 * np.square(logs / NEAR).sum(1))
    weights = np.maximum(weights / weights.max(), 1e-3) / NOISE**2
    columns = np.column_stack([np.ones(len(logs)), logs])
    precision = np.diag([0.0, *([SLOPE_DEVIATION**-2] * 2)])
    normal = columns.T @ (weights[:, None] * columns) + precision
    wanted = columns.T @ (weights * heights) + precision @ np.array([0.0, *slopes])
    return math.exp(np.linalg.solve(normal, wanted)[0])


def _is_alike(one: Lap, other: Lap) -> bool:
    names = (one.what, one.model) == (other.what, other.model)
    return names and (one.pixels, one.rows) == (other.pixels, other.rows)


def _seconds(timed: Timed) -> float:
    return timed.seconds / timed.lap.count


def _peak(timed: Timed) -> float | None:
    return timed.peak_bytes
