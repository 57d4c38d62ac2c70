from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from velatura.errors import RequestError
from velatura.upscalers import UPSCALERS, Upscaler, finish, plan_enlargement, upscale, upscaling

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

sides = st.integers(1, 300)


def read(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGB"))


def doubler(calls: list[tuple[int, int]] | None = None) -> Upscaler:
    """Doubles in as many steps as the picture has rows."""

    def double(pixels: np.ndarray, width: int, height: int) -> Generator[None, None, np.ndarray]:
        if calls is not None:
            calls.append((width, height))
        yield from (None for _ in range(len(pixels) - 1))
        return pixels.repeat(2, 0).repeat(2, 1)

    return Upscaler(label="double", enlarge=double, scale=2, steps=lambda _, height: height)


@pytest.mark.parametrize("name", ["x1", "x2-nearest", "x4"])
def test_the_driver_equals_recorded_results(golden: Path, name: str) -> None:
    request = json.loads((golden / "cases" / f"extras-{name}.json").read_text())["request"]
    pixels = read(golden / "inputs" / request["image"].removeprefix("@"))
    ours = upscale(pixels, request["upscaling_resize"], UPSCALERS[request["upscaler_1"]])
    np.testing.assert_array_equal(ours, read(golden / "cases" / f"extras-{name}.0.png"))


def test_sides_are_rounded_down_to_multiples_of_8_or_kept_exact() -> None:
    pixels = np.zeros((131, 97, 3), np.uint8)
    for upscaler in UPSCALERS.values():
        assert upscale(pixels, 1.5, upscaler).shape == (192, 144, 3)
        assert upscale(pixels, 1.5, upscaler, multiple=1).shape == (197, 146, 3)


@pytest.mark.parametrize(("factor", "passes"), [(4, 2), (1, 1), (64, 3), (0.5, 0), (1.05, 0)])
def test_an_upscaler_of_fixed_factor_runs_until_the_target_is_reached(
    factor: float, passes: int
) -> None:
    calls: list[tuple[int, int]] = []
    side = int(16 * factor / 8) * 8
    large = upscale(np.zeros((16, 16, 3), np.uint8), factor, doubler(calls))
    assert large.shape == (side, side, 3)
    assert len(calls) == passes


def test_steps_are_counted_over_all_passes_and_can_be_left() -> None:
    pixels = np.zeros((8, 8, 3), np.uint8)
    assert list(upscaling(pixels, 4, doubler())) == [(done, 24) for done in range(1, 25)]
    work = upscaling(pixels, 4, doubler())
    next(work)
    work.close()


def test_a_generator_is_run_to_its_result() -> None:
    pixels = np.arange(8 * 8 * 3, dtype=np.uint8).reshape(8, 8, 3)
    large = finish(upscaling(pixels, 2, doubler()))
    np.testing.assert_array_equal(large, pixels.repeat(2, 0).repeat(2, 1))


@given(sides, sides, st.floats(0.5, 8), st.sampled_from((0, 2, 4)), st.sampled_from((1, 8)))
def test_the_plan_says_what_is_done(
    width: int, height: int, factor: float, scale: int, multiple: int
) -> None:
    try:
        plan = plan_enlargement((width, height), factor, scale, multiple=multiple)
    except RequestError:
        assert min(width, height) * factor < multiple
        return
    assert len(plan.sizes) <= 3
    assert all(side % multiple == 0 for side in plan.target)
    reached = plan.sizes[-1] if plan.sizes else (width, height)
    if plan.sizes and scale:
        reached = (reached[0] * scale, reached[1] * scale)
        assert len(plan.sizes) == 3 or all(
            side >= wanted for side, wanted in zip(reached, plan.target, strict=True)
        )


def test_a_factor_that_leaves_no_pixels_is_refused() -> None:
    with pytest.raises(RequestError, match=r"smaller than 8 pixels; .* factor, or exact sides"):
        upscale(np.zeros((16, 16, 3), np.uint8), 0.25, UPSCALERS["Lanczos"])


@pytest.mark.parametrize(
    ("size", "factor", "scale"),
    [((4097, 4096), 4, 0), ((4096, 4096), 5, 4), ((1, 9000), 4, 4), ((16384, 16384), 1.001, 0)],
)
def test_what_would_fill_the_memory_is_refused_before_any_work(
    size: tuple[int, int], factor: float, scale: int
) -> None:
    with pytest.raises(RequestError, match="use a smaller factor") as caught:
        plan_enlargement(size, factor, scale, multiple=1)
    assert caught.value.field == "factor"


def test_one_pixel_can_be_enlarged() -> None:
    pixel = np.array([[[10, 20, 30]]], np.uint8)
    for upscaler in UPSCALERS.values():
        assert (upscale(pixel, 8, upscaler) == pixel).all()
