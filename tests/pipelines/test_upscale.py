"""Finished pictures made larger, as the recorded ones were and beyond."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.golden.requests import upscale_from_api
from velatura.errors import RequestError
from velatura.metadata.postprocessing import format_postprocessing
from velatura.pipelines.upscale import (
    UpscaleKit,
    factor,
    needed_upscalers,
    resolve_upscale,
    upscale,
)
from velatura.records import Bitmap, ModelUse, Picture, Step, Upscale
from velatura.upscalers import UPSCALERS, Upscaler

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

sides = st.integers(1, 60)
USE = ModelUse(kind="upscaler", name="x", hash="0123456789")


def noise(width: int, height: int, channels: int = 3, dtype: Any = np.uint8) -> np.ndarray:
    top = np.iinfo(dtype).max + 1
    return np.random.default_rng(4).integers(0, top, (height, width, channels), dtype)


def bitmap(width: int = 20, height: int = 12, channels: int = 3) -> Bitmap:
    return Bitmap(noise(width, height, channels))


def events(request: Upscale, **upscalers: Upscaler) -> tuple[list[Step], Picture]:
    kit = UpscaleKit(upscalers={**UPSCALERS, **upscalers}, uses=(USE,))
    *steps, picture = upscale(resolve_upscale(request, tuple(upscalers)), kit)
    assert isinstance(picture, Picture)
    assert all(isinstance(step, Step) and step.phase == "upscale" for step in steps)
    return steps, picture


def read(path: Path) -> Bitmap:
    return Bitmap(np.asarray(Image.open(path).convert("RGB")))


def recorded(golden: Path) -> list[tuple[str, dict[str, Any], Upscale, Bitmap]]:
    """Every recorded upscaling: its name, what was recorded, the request, and the result."""
    found = []
    for path in sorted((golden / "cases").glob("extras-*.json")):
        case = json.loads(path.read_text())
        body = case["request"]
        names = [each["data"] for each in body.get("imageList", [])] or [body["image"]]
        for index, name in enumerate(names):
            source = read(golden / "inputs" / name.removeprefix("@"))
            result = read(path.with_suffix(f".{index}.png"))
            found.append((path.stem, case, upscale_from_api(body, source), result))
    return found


def test_every_recorded_upscaling_is_equal_to_the_last_bit(golden: Path) -> None:
    cases = recorded(golden)
    assert len(cases) >= 9
    for name, _, request, result in cases:
        _, picture = events(request)
        np.testing.assert_array_equal(picture.pixels, result.pixels, err_msg=name)


def test_every_recorded_upscaling_is_told_in_the_same_words(golden: Path) -> None:
    for name, case, request, _ in recorded(golden):
        told = case["html_info"].removeprefix("<p>").removesuffix("</p>")
        assert format_postprocessing(request) == told, name


@given(sides, sides, st.integers(1, 200), st.integers(1, 200), st.booleans())
def test_a_size_is_covered_exactly_where_that_is_asked_for(
    width: int, height: int, wanted_width: int, wanted_height: int, crop: bool
) -> None:
    request = Upscale(
        image=bitmap(width, height),
        upscaler="Lanczos",
        width=wanted_width,
        height=wanted_height,
        crop=crop,
        exact=True,
    )
    try:
        _, picture = events(request)
    except RequestError as error:
        assert "smaller than 1 pixels" in str(error)  # noqa: PT017 - a line that would vanish
        return
    got_height, got_width = picture.pixels.shape[:2]
    assert got_width >= wanted_width
    assert got_height >= wanted_height
    assert (got_width, got_height) == (wanted_width, wanted_height) or not crop
    assert picture.remarks == ()


def test_margins_that_the_rounding_leaves_are_remarked() -> None:
    request = Upscale(image=bitmap(97, 131), upscaler="Nearest", width=200, height=100, crop=True)
    _, picture = events(request)
    assert picture.pixels[:, :4].max() == picture.pixels[:, -4:].max() == 0
    assert "192x264, which leaves black margins in 200x100" in picture.remarks[0]
    _, exact = events(replace(request, exact=True))
    assert exact.pixels[:, :4].max() > 0
    assert exact.remarks == ()


@pytest.mark.parametrize(
    ("changes", "size"),
    [
        ({"factor": 4.0, "max_side": 64}, (64, 32)),
        ({"factor": 2.0, "max_side": 64}, (40, 24)),
        ({"factor": 4.0, "max_side": 0}, (80, 48)),
        ({"width": 60}, (56, 32)),
        ({"height": 60}, (96, 56)),
        ({"width": 60, "exact": True}, (60, 36)),
    ],
)
def test_known_sizes(changes: dict[str, Any], size: tuple[int, int]) -> None:
    _, picture = events(Upscale(image=bitmap(), upscaler="Lanczos", **changes))
    assert picture.pixels.shape[1::-1] == size


def test_without_an_upscaler_the_picture_stays_as_it_is() -> None:
    image = bitmap(13, 7)
    steps, picture = events(Upscale(image=image, upscaler="None", factor=4.0))
    assert steps == []
    np.testing.assert_array_equal(picture.pixels, image.pixels)


def test_a_second_upscaler_is_mixed_in_and_truncated() -> None:
    request = Upscale(image=bitmap(), upscaler="Lanczos", factor=2.0, second_upscaler="Nearest")
    _, first = events(request)
    _, second = events(replace(request, upscaler="Nearest"))
    steps, mixed = events(replace(request, second_visibility=0.3))
    share = np.float32(0.3)
    wanted = first.pixels + share * (second.pixels.astype(np.float32) - first.pixels)
    np.testing.assert_array_equal(mixed.pixels, wanted.astype(np.uint8))
    assert [(step.index, step.total) for step in steps] == [(1, 2), (2, 2)]
    _, whole = events(replace(request, second_visibility=1.0))
    np.testing.assert_array_equal(whole.pixels, second.pixels)


def test_only_upscalers_that_do_work_are_needed() -> None:
    request = Upscale(image=bitmap(), upscaler="Lanczos", second_upscaler="Nearest")
    assert needed_upscalers(request) == ("Lanczos",)
    assert needed_upscalers(replace(request, second_visibility=0.5)) == ("Lanczos", "Nearest")
    assert needed_upscalers(replace(request, upscaler="None", second_visibility=0.5)) == ()


def test_alpha_is_enlarged_too_and_margins_are_clear() -> None:
    request = Upscale(
        image=bitmap(97, 131, 4), upscaler="Nearest", width=200, height=100, crop=True
    )
    _, picture = events(request)
    assert picture.pixels.shape == (100, 200, 4)
    assert picture.pixels[:, :4].max() == 0


def test_grey_and_deep_pixels_become_colours_of_eight_bits() -> None:
    grey = noise(9, 8, 1)
    request = Upscale(image=Bitmap(grey), upscaler="Nearest", factor=2.0)
    _, picture = events(replace(request, exact=True))
    np.testing.assert_array_equal(picture.pixels[::2, ::2], grey.repeat(3, 2))
    deep = noise(8, 8, 3, np.uint16)
    _, picture = events(replace(request, image=Bitmap(deep)))
    np.testing.assert_array_equal(picture.pixels[::2, ::2], np.rint(deep / 257).astype(np.uint8))
    assert "16 bits were rounded to 8" in picture.remarks[0]


def test_the_picture_remembers_request_models_profile_and_parent() -> None:
    image = Bitmap(noise(8, 8), profile=b"profile")
    _, picture = events(Upscale(image=image, upscaler="lanczos", factor=2.0))
    assert picture.request.upscaler == "Lanczos"
    assert picture.parents == (image.id,)
    assert (picture.profile, picture.models) == (b"profile", (USE,))


def slow(log: list[str]) -> Upscaler:
    def enlarge(pixels: np.ndarray, *_: int) -> Generator[None, None, np.ndarray]:
        for tile in range(3):
            log.append(f"tile {tile}")
            yield
        return pixels.repeat(2, 0).repeat(2, 1)

    return Upscaler(label="slow", enlarge=enlarge, scale=2, steps=lambda *_: 4)


def test_steps_tell_how_far_it_is_and_leaving_the_loop_ends_the_work() -> None:
    request = Upscale(image=bitmap(16, 16), upscaler="slow", factor=4.0, second_upscaler="Lanczos")
    log: list[str] = []
    steps, _ = events(replace(request, second_visibility=0.5), slow=slow(log))
    assert [(step.index, step.total) for step in steps] == [(n, 9) for n in range(1, 10)]
    log.clear()
    work = upscale(request, UpscaleKit(upscalers={"slow": slow(log)}))
    next(work)
    work.close()
    assert log == ["tile 0"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"upscaler": "R-ESRGAN 4x"}, r"unknown upscaler 'R-ESRGAN 4x'; did you mean R-ESRGAN 4x"),
        ({"second_upscaler": "Lanzcos"}, "unknown second_upscaler 'Lanzcos'; did you mean Lanczos"),
        ({"upscaler": "Latent"}, "unknown upscaler 'Latent'"),
        ({"factor": 0.1, "upscaler": "Lanczos"}, "use a larger factor"),
        ({"factor": 64.0, "image": bitmap(600, 1)}, "use a smaller factor"),
        ({"width": 32768, "height": 32768, "crop": True}, "are more than 268435456 pixels"),
        ({"width": 32768, "image": bitmap(1, 20)}, "use a smaller factor"),
    ],
)
def test_what_cannot_be_is_refused_before_any_work(changes: dict[str, Any], message: str) -> None:
    request = Upscale(**{"image": bitmap(), "factor": 2.0, **changes})
    with pytest.raises(RequestError, match=message):
        resolve_upscale(request)


@pytest.mark.parametrize(
    "changes",
    [
        {"factor": float("nan")},
        {"factor": 0.0},
        {"factor": 65.0},
        {"width": -1},
        {"width": 40000},
        {"crop": True},
        {"crop": True, "width": 8},
        {"second_visibility": 1.5},
        {"tile": 64, "overlap": 32},
        {"tile": -1},
        {"upscaler": 4},
    ],
)
def test_impossible_values_are_refused_by_the_record(changes: dict[str, Any]) -> None:
    with pytest.raises(RequestError):
        Upscale(image=bitmap(), **changes)


def test_a_tile_that_the_overlap_fits_into_twice_is_taken() -> None:
    assert Upscale(image=bitmap(), tile=72, overlap=32).tile == 72
    assert Upscale(image=bitmap(), tile=0, overlap=32).tile == 0


@given(sides, sides, st.integers(1, 500))
def test_the_longer_side_becomes_the_limit(width: int, height: int, limit: int) -> None:
    request = Upscale(image=bitmap(width, height), factor=8.0, max_side=limit)
    longest = max(width, height) * factor(request)
    assert longest <= limit + 1e-6 or max(width, height) * 8 <= limit
    assert longest == pytest.approx(min(limit, 8 * max(width, height)))
