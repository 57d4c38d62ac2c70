"""A1111's bodies as our requests, where no recording shows it."""

from __future__ import annotations

import numpy as np
import pytest

from velatura.records import Bitmap
from velatura.server.sdapi.bodies import ExtrasBody, Img2ImgBody, Txt2ImgBody
from velatura.server.sdapi.translate import extras_steps, img2img_requests, txt2img_request

IMAGE = Bitmap(np.zeros((8, 8, 3), np.uint8))


@pytest.mark.parametrize(
    ("told", "order"),
    [
        ({}, ["upscale"]),
        ({"codeformer_visibility": 0.5}, ["upscale", "CodeFormer"]),
        (
            {"codeformer_visibility": 0.5, "gfpgan_visibility": 1, "upscale_first": True},
            ["upscale", "GFPGAN", "CodeFormer"],
        ),
        ({"codeformer_visibility": 0.5, "upscale_first": False}, ["CodeFormer", "upscale"]),
    ],
)
def test_faces_come_after_enlarging_unless_the_body_says_otherwise(told, order):
    requests = [step(IMAGE) for step in extras_steps(ExtrasBody(upscaler_1="Lanczos", **told))]
    assert [getattr(each, "restorer", each.kind) for each in requests] == order


@pytest.mark.parametrize(("mode", "size"), [(0, (100, 70)), (1, (100, 70)), (3, (8, 8))])
def test_a_picture_is_painted_over_at_the_very_size_asked_for(mode, size):
    body = Img2ImgBody(init_images=["x"], width=100, height=70, resize_mode=mode)
    (request,) = img2img_requests(body, {}, lambda _: IMAGE)
    assert (request.width, request.height) == (96, 64)
    assert (request.image.size, request.resize_mode) == (size, "latent")


@pytest.mark.parametrize(
    ("options", "is_on"),
    [
        ({}, False),
        ({"fp8_storage": "Disable"}, False),
        ({"fp8_storage": "Enable for SDXL"}, False),
        ({"fp8_storage": "Enable"}, True),
    ],
)
def test_weights_are_in_eight_bits_where_the_option_says_so_of_this_family(options, is_on):
    assert txt2img_request(Txt2ImgBody(), options).sampling.fp8 is is_on
