"""Whole pictures against those that A1111 v1.10.1 made from the same checkpoint and request."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from tests.conftest import GOLDEN
from tests.golden.requests import img2img_from_api, txt2img_from_api
from velatura.engines.local import PAINTERS
from velatura.engines.workshop import Workshop
from velatura.forecast import Notebook
from velatura.pipelines.resolve import resolve, with_size
from velatura.prompts.styles import Style
from velatura.records import Painting, Picture

MEAN_LIMIT = 0.1
"""Mean absolute difference of 8-bit values; the recording's own repeats differ by up to 0.01."""

VALUE_LIMIT = 3


LONG = frozenset({
    "batch2-dpmpp_sde", "batch4", "hires-resize-192x128", "hires-resize-x192",
    "i2i-two-inits-batch2", "inp-batch2", "sampler-dpm_adaptive", "sampler-restart-steps20",
    "script-sd-upscale",
})  # fmt: skip
"""A fifth of the time for these few; they are painted in the slow run."""


def recorded_cases() -> list[Path]:
    """The recorded requests that paint, and were answered with pictures."""
    cases = sorted((GOLDEN / "cases").glob("*.json"))
    return [case for case in cases if _paints(json.loads(case.read_text()))]


def _paints(case: dict) -> bool:
    is_grid = case["request"].get("script_name", "sd upscale") != "sd upscale"
    return case["endpoint"] in REQUESTS_OF and case["status"] == 200 and not is_grid


def _txt2img(case: dict, _: Path) -> list[Painting]:
    return [txt2img_from_api(case["request"], case["info"]["seed"])]


def _img2img(case: dict, golden: Path) -> list[Painting]:
    return img2img_from_api(case["request"], case["info"]["seed"], golden)


REQUESTS_OF = {"/sdapi/v1/txt2img": _txt2img, "/sdapi/v1/img2img": _img2img}


@pytest.fixture(scope="module")
def workshop(golden):
    return Workshop(
        [golden / "model"],
        cache_dir=None,
        device=torch.device("cpu"),
        memory_bytes=2**30,
        notebook=Notebook(None),
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


def _param(case: Path) -> object:
    return pytest.param(case, id=case.stem, marks=[pytest.mark.slow] * (case.stem in LONG))


@pytest.mark.parametrize("path", [_param(case) for case in recorded_cases()] or [NOT_AT_HAND])
def test_a_request_gives_the_pictures_that_the_original_gave(path, golden, workshop, styles):
    case = json.loads(path.read_text())
    pictures: list[np.ndarray] = []
    for asked in REQUESTS_OF[case["endpoint"]](case, golden):
        request = resolve(asked, styles=styles, draw_seed=lambda: case["info"]["subseed"])
        with torch.inference_mode():
            kit = workshop.kit(request, workshop.choose(request, workshop.catalogue()))
            events = list(PAINTERS[type(request)](with_size(request, (512, 512)), kit))
        pictures += [event.pixels for event in events if isinstance(event, Picture)]
    # Where the original also saved a grid, it comes before the pictures; masks come after them.
    files = [entry["file"] for entry in case["images"]][case["info"]["index_of_first_image"] :]
    for pixels, file in zip(pictures, files, strict=False):
        expected = np.asarray(Image.open(path.parent / file).convert("RGB")).astype(int)
        assert pixels.shape == expected.shape
        difference = np.abs(pixels.astype(int) - expected)
        assert difference.mean() <= MEAN_LIMIT
        assert difference.max() <= VALUE_LIMIT
    assert len(pictures) == case["request"].get("batch_size", 1) * case["request"].get("n_iter", 1)


@pytest.mark.usefixtures("golden")
def test_the_recorded_cases_are_all_there():
    assert len(recorded_cases()) >= 164
