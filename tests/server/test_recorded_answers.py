"""Requests that were recorded with A1111, posted to the same routes here."""

from __future__ import annotations

import base64
import io
import json

import numpy as np
import pytest
from PIL import Image

from tests.conftest import GOLDEN

MEAN_LIMIT, VALUE_LIMIT = 0.1, 3
"""As in the tests of the pipelines; the recording's own repeats differ by up to 0.01 and 1."""

FEW = (
    "batch2-dpmpp_sde", "extras-batch", "extras-to-200x100-crop-lanczos", "hires-latent_bicubic",
    "i2i-denoise-0.66", "i2i-two-inits-batch2", "inp-fill0-fullres", "pnginfo-hires",
    "rng-NV-batch2", "sampler-index-alias", "save-images", "size-100x70", "styles",
    "xn-lora-named",
)  # fmt: skip
"""A case of each kind; the others are slow together."""

SAME_KEYS = (
    "prompt", "all_prompts", "seed", "all_seeds", "sampler_name", "sd_model_name",
    "sd_model_hash", "cfg_scale", "steps", "denoising_strength", "clip_skip", "batch_size",
    "index_of_first_image", "styles",
)  # fmt: skip

MASKS = "inp-return-mask"
"""Masks are not sent back here."""

LAST_TILE = "script-sd-upscale"
"""There, the web UI tells the seed of the last tile; here, that of the picture."""


def recorded():
    names = sorted(path.stem for path in (GOLDEN / "cases").glob("*.json"))
    if not names:
        return [pytest.param("none", marks=pytest.mark.skip(reason="no recordings at hand"))]
    return [name if name in FEW else pytest.param(name, marks=pytest.mark.slow) for name in names]


def as_sent(value):
    """A recorded request with files in place of their names."""
    if isinstance(value, str) and value.startswith("@"):
        path = value[1:] if "/" in value else f"inputs/{value[1:]}"
        return base64.b64encode((GOLDEN / path).read_bytes()).decode()
    if isinstance(value, dict):
        return {name: as_sent(each) for name, each in value.items()}
    return [as_sent(each) for each in value] if isinstance(value, list) else value


def pixels(data):
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)


@pytest.mark.parametrize("name", recorded())
def test_a_recorded_request_is_answered_with_the_same_pictures(painter, name):
    case = json.loads((GOLDEN / "cases" / f"{name}.json").read_text())
    body = as_sent(case["request"])
    if isinstance(case.get("info"), dict):
        body["seed"] = case["info"]["seed"]  # where the request asks for a random one
    answer = painter.post(case["endpoint"], body)
    assert answer.status_code == case["status"], answer.text
    told = answer.json()
    images = told.get("images") or ([told["image"]] if "image" in told else [])
    files = case["images"][:1] if name == MASKS else case["images"]
    for image, file in zip(images, files, strict=True):
        ours = pixels(base64.b64decode(image))
        theirs = pixels((GOLDEN / "cases" / file["file"]).read_bytes())
        assert ours.shape == theirs.shape
        assert np.abs(ours - theirs).mean() <= MEAN_LIMIT
        assert np.abs(ours - theirs).max() <= VALUE_LIMIT
    if case["endpoint"].endswith("png-info"):
        assert told["info"] == case["info"]
        wanted = {key: str(value) for key, value in case["parameters"].items()}
        assert told["parameters"] == wanted
    elif isinstance(case.get("info"), dict) and name != LAST_TILE:
        info = json.loads(told["info"])
        assert set(case["info"]) <= set(info)
        assert {key: info[key] for key in SAME_KEYS} == {
            key: case["info"][key] for key in SAME_KEYS
        }


LISTS = {
    "samplers": ("name", "aliases"),
    "schedulers": ("name", "label"),
    "latent-upscale-modes": ("name",),
    "sd-models": ("model_name", "title", "hash"),
    "face-restorers": ("name",),
    "loras": ("name", "alias", "metadata"),
    "prompt-styles": ("name", "prompt", "negative_prompt"),
    "extensions": (),
    "hypernetworks": (),
}
"""Lists, and what is equal in each of their entries."""


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_answered_as_it_was_recorded(painter, golden, name):
    painter.post("/sdapi/v1/txt2img", {"steps": 1, "width": 64, "height": 64})  # hashes the file
    painter.post("/sdapi/v1/refresh-checkpoints")
    wanted = json.loads((golden / "api" / f"{name}.json").read_text())
    told = painter.get(f"/sdapi/v1/{name}").json()
    assert all(set(entry) == set(told[0]) for entry in wanted)
    by_name = {next(iter(entry.values())): entry for entry in told}
    for entry in wanted:
        first = next(iter(entry.values()))
        if name == "sd-models" and "/" in first:
            continue  # there, the folders of LoRA and embeddings lie within that of checkpoints
        assert {key: by_name[first][key] for key in LISTS[name]} == {
            key: entry[key] for key in LISTS[name]
        }


@pytest.mark.parametrize(
    "name", ["options", "embeddings", "memory", "progress", "scripts", "script-info", "upscalers"]
)
def test_an_answer_has_the_recorded_form(painter, golden, name):
    wanted = json.loads((golden / "api" / f"{name}.json").read_text())
    told = painter.get(f"/sdapi/v1/{name}").json()
    assert type(told) is type(wanted)
    if isinstance(wanted, list):
        assert set(told[0]) == set(wanted[0])
    elif name == "options":
        shared = set(told) & set(wanted)
        assert len(shared) > 60
        numbers = {key for key in shared if isinstance(wanted[key], float)}
        assert all(isinstance(told[key], int | float) for key in numbers)
    else:
        assert set(told) == set(wanted)


def test_every_recorded_route_of_ours_is_there_and_takes_the_same_fields(painter, golden):
    theirs = json.loads((golden / "api" / "openapi.json").read_text())["components"]["schemas"]
    ours = painter.get("/api/openapi.json").json()["components"]["schemas"]
    for name, body in {
        "StableDiffusionProcessingTxt2Img": "Txt2ImgBody",
        "StableDiffusionProcessingImg2Img": "Img2ImgBody",
        "ExtrasSingleImageRequest": "ExtrasSingleBody",
        "ExtrasBatchImagesRequest": "ExtrasBatchBody",
    }.items():
        assert set(ours[body]["properties"]) == set(theirs[name]["properties"])
        for field, told in theirs[name]["properties"].items():
            default = ours[body]["properties"][field].get("default")
            if told.get("default") is not None and default is not None:
                assert default == told["default"], field
