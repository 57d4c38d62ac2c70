"""Finished pictures keep the text of their painting and tell what became of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.library.pictures import painted
from velatura.metadata import Encoding, encode_picture, read_story
from velatura.metadata.postprocessing import format_postprocessing
from velatura.records import Bitmap, Faces, Img2Img, Picture, Txt2Img, Upscale

PHOTO = Bitmap(np.full((4, 4, 3), 9, np.uint8))


def finished(request: Any) -> Picture:
    return Picture(pixels=np.zeros((8, 8, 3), np.uint8), request=request)


@pytest.mark.parametrize(
    ("request_", "text"),
    [
        (
            Upscale(image=PHOTO, factor=2.5),
            "Postprocess upscale by: 2.5, Postprocess upscaler: R-ESRGAN 4x+",
        ),
        (
            Upscale(image=PHOTO, width=64, height=48, crop=True, max_side=99, upscaler="Lanczos"),
            "Postprocess upscale to: 64x48, Max side length: 99, Postprocess crop to: 64x48, "
            "Postprocess upscaler: Lanczos",
        ),
        (
            Upscale(image=PHOTO, second_upscaler="Nearest", second_visibility=0.5),
            "Postprocess upscale by: 4.0, Postprocess upscaler: R-ESRGAN 4x+, "
            "Postprocess upscaler 2: Nearest",
        ),
        (
            Faces(image=PHOTO, visibility=0.5, weight=0.25),
            "CodeFormer visibility: 0.5, CodeFormer weight: 0.25",
        ),
        (Faces(image=PHOTO, restorer="GFPGANv1.4"), "GFPGAN visibility: 1"),
        (Txt2Img(), ""),
    ],
)
def test_work_after_painting_has_the_names_of_the_field(request_: Any, text: str) -> None:
    assert format_postprocessing(request_) == text


@pytest.mark.parametrize("encoding", [Encoding(format="png"), Encoding(format="webp")])
def test_a_finished_picture_keeps_the_text_of_its_painting(encoding: Encoding) -> None:
    painting = painted()
    larger = finished(Upscale(image=painting.bitmap, factor=2.0))
    restored = finished(Faces(image=larger.bitmap))
    own = read_story(encode_picture(painting, encoding).data)
    story = read_story(encode_picture(restored, encoding).data)
    assert story.text == own.text
    assert "Model hash: 9916ddf1da" in story.text
    assert story.source_type == own.source_type
    if encoding.format == "png":
        told = (
            "Postprocess upscale by: 2.0, Postprocess upscaler: R-ESRGAN 4x+, "
            "CodeFormer visibility: 1, CodeFormer weight: 0.5"
        )
        assert story.texts["postprocessing"] == story.texts["extras"] == told


def test_painting_over_a_finished_picture_begins_anew() -> None:
    larger = finished(Upscale(image=painted().bitmap))
    story = read_story(encode_picture(finished(Img2Img(image=larger.bitmap, seed=1))).data)
    assert "postprocessing" not in story.texts


@pytest.mark.parametrize("file_format", ["png", "webp"])
def test_a_photograph_that_was_only_enlarged_claims_no_prompt_but_its_own(file_format: Any) -> None:
    larger = finished(Upscale(image=PHOTO))
    encoded = encode_picture(larger, Encoding(format=file_format), {"parameters": "words it had"})
    story = read_story(encoded.data)
    assert story.text == "words it had"
    assert story.source_type.endswith("/algorithmicallyEnhanced")
    assert story.request == larger.request
