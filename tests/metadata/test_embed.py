from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from tests.library.pictures import painted
from velatura.errors import RequestError
from velatura.metadata import Encoding, encode_picture, format_infotext, read_story
from velatura.metadata.embed import encode_pixels
from velatura.records import Adjust, Bitmap, Levels, Picture, Txt2Img


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def test_png_keeps_every_pixel_and_the_usual_chunk() -> None:
    picture = painted(prompt="Käfer")
    encoded = encode_picture(picture)
    image = opened(encoded.data)
    np.testing.assert_array_equal(np.asarray(image), picture.pixels)
    assert encoded.suffix == ".png"
    assert image.info["parameters"] == format_infotext(picture)
    assert b"tEXtparameters" in encoded.data
    assert b"tEXtvelatura" in encoded.data


def test_text_beyond_latin_1_goes_into_an_international_chunk() -> None:
    encoded = encode_picture(painted(prompt="漢字"))
    assert b"iTXtparameters" in encoded.data
    assert opened(encoded.data).info["parameters"].startswith("漢字")


def test_lossless_webp_keeps_every_pixel() -> None:
    picture = painted()
    encoded = encode_picture(picture, Encoding(format="webp", lossless=True))
    np.testing.assert_array_equal(np.asarray(opened(encoded.data).convert("RGB")), picture.pixels)


@pytest.mark.parametrize("file_format", ["jpeg", "webp"])
def test_quality_makes_files_smaller(file_format: str) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    picture = Picture(pixels=noise, request=Txt2Img())
    sizes = [
        len(encode_picture(picture, Encoding(format=file_format, quality=quality)).data)  # pyright: ignore[reportArgumentType]
        for quality in (20, 95)
    ]
    assert sizes[0] < sizes[1]


@pytest.mark.parametrize("file_format", ["jpeg", "webp"])
def test_the_comment_is_written_as_other_programs_expect(file_format: str) -> None:
    picture = painted(prompt="Käfer")
    encoded = encode_picture(picture, Encoding(format=file_format))  # pyright: ignore[reportArgumentType]
    comment = opened(encoded.data).getexif().get_ifd(0x8769)[0x9286]
    assert comment == b"UNICODE\x00" + format_infotext(picture).encode("utf-16-be")


def test_a_story_too_long_for_jpeg_makes_a_png() -> None:
    picture = painted(prompt="word " * 20_000)
    encoded = encode_picture(picture, Encoding(format="jpeg"))
    assert encoded.suffix == ".png"
    assert read_story(encoded.data).request == picture.request
    assert encode_picture(picture, Encoding(format="webp")).suffix == ".webp"


def test_a_side_too_long_for_webp_makes_a_png() -> None:
    pixels = np.zeros((1, 16384, 3), np.uint8)
    picture = Picture(pixels=pixels, request=Txt2Img())
    assert encode_picture(picture, Encoding(format="webp")).suffix == ".png"
    assert encode_pixels(pixels, Encoding(format="webp")).suffix == ".png"
    assert encode_pixels(pixels, Encoding(format="jpeg")).suffix == ".jpg"


def test_texts_of_an_earlier_file_are_kept_but_for_ours() -> None:
    earlier = read_story(encode_picture(painted(prompt="old"), None, {"Author": "me"}).data)
    picture = painted(prompt="new")
    story = read_story(encode_picture(picture, None, earlier.texts).data)
    assert story.texts["Author"] == "me"
    assert story.request == picture.request
    assert story.infotext.prompt == "new"


def test_wrong_quality_is_refused() -> None:
    with pytest.raises(RequestError, match="quality"):
        Encoding(quality=0)


def test_a_jpeg_file_remembers_a_photograph_that_it_has_no_room_for() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (200, 200, 3), dtype=np.uint8)
    photograph = Bitmap(noise)
    request = Adjust(image=photograph, adjustments=(Levels(gamma=1.5),))
    encoded = encode_picture(Picture(pixels=noise, request=request), Encoding(format="jpeg"))
    assert encoded.suffix == ".jpg"
    assert read_story(encoded.data).request == request
    whole = encode_picture(Picture(pixels=noise, request=request), Encoding(format="webp"))
    told = read_story(whole.data).request
    assert isinstance(told, Adjust)
    assert np.array_equal(told.image.array, noise)
