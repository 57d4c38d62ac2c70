from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from velatura.metadata import describe, request_from_infotext
from velatura.records import (
    Bitmap,
    Img2Img,
    Inpaint,
    NoiseOptions,
    Picture,
    SoftInpainting,
    Txt2Img,
)

IMAGE = Bitmap(np.zeros((16, 16, 3), np.uint8))
MASK = Bitmap(np.full((16, 16), 255, np.uint8))


def fields_of(request: Any) -> dict[str, str]:
    return describe(Picture(pixels=IMAGE.array, request=request)).fields


def inpaint(**settings: Any) -> Inpaint:
    return Inpaint(image=IMAGE, mask=MASK, prompt="a cat", width=16, height=16, **settings)


def test_fields_of_inpainting_stand_in_the_usual_order() -> None:
    request = inpaint(
        strength=0.5,
        invert=True,
        content="latent noise",
        area="masked",
        soft=SoftInpainting(),
        conditioning_mask=0.5,
        noise=NoiseOptions(source="GPU", multiplier=1.1, extra=0.1),
    )
    text = str(describe(Picture(pixels=IMAGE.array, request=request)))
    assert text.split("Size: 16x16, ")[1].rpartition(", Version")[0] == (
        "Denoising strength: 0.5, Conditional mask weight: 0.5, Soft inpainting enabled: True, "
        "Soft inpainting schedule bias: 1, Soft inpainting preservation strength: 0.5, "
        "Soft inpainting transition contrast boost: 4, Soft inpainting mask influence: 0, "
        "Soft inpainting difference threshold: 0.5, Soft inpainting difference contrast: 2, "
        "Mask mode: Inpaint not masked, Mask blur: 4, Inpaint area: Only masked, "
        "Masked area padding: 32, Masked content: latent noise, Noise multiplier: 1.1, "
        "Extra noise: 0.1"
    )


@pytest.mark.parametrize(
    ("settings", "missing"),
    [
        ({}, {"Mask mode", "Inpaint area", "Masked content", "Noise multiplier", "Extra noise"}),
        ({"mask_blur": 0.0}, {"Mask blur"}),
        ({"mask_blur": 2.0, "mask_blur_y": 3.0}, {"Mask blur"}),
    ],
)
def test_what_is_as_usual_is_left_out(settings: dict[str, Any], missing: set[str]) -> None:
    assert not missing & set(fields_of(inpaint(**settings)))


def test_noise_of_a_picture_from_words_alone_is_no_matter() -> None:
    request = Txt2Img(noise=NoiseOptions(multiplier=1.1, extra=0.2), width=16, height=16)
    assert not {"Noise multiplier", "Extra noise"} & set(fields_of(request))


def test_what_concerns_the_picture_is_handed_back_beside_the_request() -> None:
    infotext = describe(Picture(pixels=IMAGE.array, request=inpaint(area="masked")))
    request, rest = request_from_infotext(str(infotext))
    assert request.prompt == "a cat"
    assert rest["Denoising strength"] == "0.75"
    assert rest["Masked area padding"] == "32"


def test_noise_settings_are_read_back() -> None:
    noise = NoiseOptions(multiplier=1.1, extra=0.2)
    request = Img2Img(image=IMAGE, width=16, height=16, noise=noise)
    text = str(describe(Picture(pixels=IMAGE.array, request=request)))
    assert request_from_infotext(text)[0].noise == noise
