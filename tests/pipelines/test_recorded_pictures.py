"""Whole pictures against those that A1111 v1.10.1 made from the same checkpoint and request."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from tests.conftest import GOLDEN
from tests.golden.requests import txt2img_from_api
from velatura.engines.workshop import Workshop
from velatura.pipelines.resolve import resolve, with_size
from velatura.pipelines.txt2img import txt2img
from velatura.prompts.styles import Style
from velatura.records import Picture

MEAN_LIMIT = 0.1
"""Mean absolute difference of 8-bit values; the recording's own repeats differ by up to 0.01."""

VALUE_LIMIT = 3


def recorded_cases() -> list[Path]:
    """The recorded txt2img requests that were answered with pictures."""
    cases = sorted((GOLDEN / "cases").glob("*.json"))
    return [case for case in cases if _is_txt2img(json.loads(case.read_text()))]


def _is_txt2img(case: dict) -> bool:
    return case["endpoint"] == "/sdapi/v1/txt2img" and case["status"] == 200


@pytest.fixture(scope="module")
def workshop(golden):
    return Workshop(
        [golden / "model"], cache_dir=None, device=torch.device("cpu"), memory_bytes=2**30
    )


@pytest.fixture(scope="module")
def styles(golden):
    saved = json.loads((golden / "api" / "prompt-styles.json").read_text())
    return {
        style["name"]: Style(
            name=style["name"],
            prompt=style["prompt"] or "",
            negative_prompt=style["negative_prompt"] or "",
        )
        for style in saved
    }


NOT_AT_HAND = pytest.param(
    Path("none"), marks=pytest.mark.skip(reason="the recorded A1111 results are not at hand")
)


@pytest.mark.parametrize(
    "path", recorded_cases() or [NOT_AT_HAND], ids=lambda path: getattr(path, "stem", "none")
)
def test_a_request_gives_the_pictures_that_the_original_gave(path, workshop, styles):
    case = json.loads(path.read_text())
    request = resolve(
        txt2img_from_api(case["request"], case["info"]["seed"]),
        styles=styles,
        draw_seed=lambda: case["info"]["subseed"],
    )
    with torch.inference_mode():
        kit = workshop.kit(request, workshop.choose(request, workshop.catalogue()))
        events = list(txt2img(with_size(request, (512, 512)), kit))
    pictures = [event.pixels for event in events if isinstance(event, Picture)]
    # Where the original also saved a grid, it comes before the pictures.
    recorded = [entry["file"] for entry in case["images"]][-len(pictures) :]
    for pixels, file in zip(pictures, recorded, strict=True):
        expected = np.asarray(Image.open(path.parent / file).convert("RGB")).astype(int)
        assert pixels.shape == expected.shape
        difference = np.abs(pixels.astype(int) - expected)
        assert difference.mean() <= MEAN_LIMIT
        assert difference.max() <= VALUE_LIMIT


@pytest.mark.usefixtures("golden")
def test_the_recorded_cases_are_all_there():
    assert len(recorded_cases()) >= 113
