"""Every recorded infotext, written again from its request."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tests.conftest import GOLDEN
from tests.golden.requests import img2img_from_api, picture_request, txt2img_from_api
from velatura.metadata import format_infotext
from velatura.records import ModelUse, Painting, Picture

if TYPE_CHECKING:
    from pathlib import Path

VERSION_FIELD = ", Version: "

KNOWN_DIFFERENCES = {
    "hires-default-upscaler": (
        "Hires upscale: 2.0",
        "Hires upscale: 2.0, Hires upscaler: Latent",
        "the upscaler that was used is always named",
    ),
    "inp-mask-blank-fullres": (
        "Mask blur: 4",
        "Mask blur: 4, Inpaint area: Only masked, Masked area padding: 0",
        "the request is noted as it was, although its mask was empty",
    ),
    "s_churn-euler": (
        "Model: tiny-sd15",
        "Model: tiny-sd15, Sigma churn: 10.0, Sigma tmin: 0.1, Sigma tmax: 10.0, Sigma noise: 1.02",
        "what a request asks is noted too, not only what the options say",
    ),
    "s_noise-euler_a": (
        "Model: tiny-sd15",
        "Model: tiny-sd15, Sigma noise: 1.1",
        "what a request asks is noted too, not only what the options say",
    ),
    "size-100x70": ("Size: 100x70", "Size: 96x64", "the size is the picture's own"),
}
"""By case: what the web UI wrote, what we write, and why."""

CHECKPOINT = ModelUse(kind="checkpoint", name="tiny-sd15", hash="9916ddf1da")
MODELS = {
    "tinylora": ModelUse(kind="lora", name="tinylora", hash="852f2b7ae5ce"),
    "tinyemb": ModelUse(kind="embedding", name="tinyemb", hash="5e06e367c6cf"),
    "tinypt": ModelUse(kind="embedding", name="tinypt", hash="21797bc11ae1"),
}
STYLES = {"lab style": (", oil painting", ", low quality")}


def recorded_texts(case: dict[str, Any]) -> list[str]:
    """The texts of a case, without the one of its grid."""
    return case["info"]["infotexts"][case["info"]["index_of_first_image"] :]


def our_text(case: dict[str, Any], index: int) -> str:
    info, body = case["info"], dict(case["request"])
    for style in body.pop("styles", ()):
        body["prompt"] += STYLES[style][0]
        body["negative_prompt"] += STYLES[style][1]
    request = request_of(case["endpoint"], body, info["seed"])
    if "script_name" not in body:  # there the seeds are those of the last tile
        request = picture_request(request, info["all_seeds"][index], info["all_subseeds"][index])
    used = [model for name, model in MODELS.items() if name in body["prompt"].lower()]
    pixels = np.zeros((request.height, request.width, 3), np.uint8)
    return format_infotext(Picture(pixels=pixels, request=request, models=(CHECKPOINT, *used)))


def is_grid(body: dict[str, Any]) -> bool:
    return body.get("script_name", "sd upscale") != "sd upscale"


def request_of(endpoint: str, body: dict[str, Any], seed: int) -> Painting:
    if endpoint == "/sdapi/v1/txt2img":
        return txt2img_from_api(body, seed)
    return img2img_from_api(body, seed, GOLDEN)[0]


def test_every_recorded_infotext_is_written_the_same(golden: Path) -> None:
    differing: list[str] = []
    count = 0
    for path in sorted((golden / "cases").glob("*.json")):
        case = json.loads(path.read_text())
        if "infotexts" not in (case.get("info") or {}) or is_grid(case["request"]):
            continue
        theirs, ours, _ = KNOWN_DIFFERENCES.get(path.stem, ("", "", ""))
        for index, recorded in enumerate(recorded_texts(case)):
            wanted = recorded.rpartition(VERSION_FIELD)[0].replace(theirs or "\0", ours)
            written, _, version = our_text(case, index).rpartition(VERSION_FIELD)
            count += 1
            if written != wanted or not version.startswith("v1.10.1+velatura."):
                differing.append(f"{path.stem}\n  theirs: {wanted}\n  ours:   {written}")
    assert count > 160
    assert not differing, "\n".join(differing)


def test_known_differences_have_a_reason() -> None:
    assert all(reason for *_, reason in KNOWN_DIFFERENCES.values())


@pytest.mark.parametrize("field", ["seed", "steps", "sampler_name"])
def test_the_translator_reads_the_body(field: str) -> None:
    body = {"prompt": "a", "seed": 5, "steps": 3, "sampler_name": "Heun", "width": 100}
    request = txt2img_from_api(body, 5)
    names = {"seed": "seed", "steps": "steps", "sampler_name": "sampler"}
    assert getattr(request, names[field]) == body[field]
    assert (request.width, request.height) == (96, 512)
