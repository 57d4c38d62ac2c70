"""How well the engine's forecasts hold, for shapes it has painted and for others."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

from benchmarks.rows import Row
from velatura import LocalEngine, Txt2Img
from velatura.engines.memory import forget_peak, peak_bytes
from velatura.forecast import Notebook, foresee

if TYPE_CHECKING:
    from benchmarks.options import Options

Shape = tuple[int, int, int]

PAINTED: tuple[Shape, ...] = ((128, 128, 1), (128, 208, 1), (192, 192, 1), (128, 128, 4))
"""Width, height and batch."""

OTHERS: tuple[Shape, ...] = ((160, 160, 1), (128, 256, 1), (128, 208, 3), (256, 256, 1))


def forecasting(options: Options) -> list[Row]:
    """Differences between forecast and run, in percent of the run."""
    folder = options.folder / "forecasts"
    engine, book = LocalEngine(cache_dir=folder), Notebook(folder)
    for shape in PAINTED * 2:
        _paint(engine, _request(shape))
    seen = [_errors(engine, book, shape) for shape in PAINTED * options.repeats]
    others = [_errors(engine, book, shape) for shape in OTHERS]
    return [
        Row(what=f"Forecast of {what}, {whose}", values=values, unit="% off", bar=bar)
        for whose, errors, bar in (
            ("shapes painted before", seen, 15.0),
            ("other shapes", others, 30.0),
        )
        for what, values in zip(("seconds", "memory"), zip(*errors, strict=True), strict=True)
        if all(value >= 0 for value in values)
    ]


def _request(shape: Shape) -> Txt2Img:
    width, height, batch = shape
    checkpoint = "velatura-mini.safetensors"
    return Txt2Img(
        prompt="a green apple",
        checkpoint=checkpoint,
        width=width,
        height=height,
        batch_size=batch,
        seed=1,
    )


def _paint(engine: LocalEngine, request: Txt2Img) -> float:
    forget_peak()
    began = perf_counter()
    for _ in engine.run(request):
        pass
    return perf_counter() - began


def _errors(engine: LocalEngine, book: Notebook, shape: Shape) -> tuple[float, float]:
    """Of seconds and of memory; the latter is negative where nobody counts it."""
    request = _request(shape)
    forecast = foresee(request, book)
    took_s = _paint(engine, request)
    peak = peak_bytes()
    if forecast.seconds is None:
        raise RuntimeError("nothing was foretold after the runs")
    memory = _percent(forecast.peak_bytes, peak) if forecast.peak_bytes and peak else -1.0
    return _percent(forecast.seconds, took_s), memory


def _percent(told: float, was: float) -> float:
    return 100 * abs(told - was) / was
