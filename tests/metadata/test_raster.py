from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from velatura.errors import RequestError
from velatura.library.pictures import read_pixels
from velatura.metadata.embed import Encoding, encode_picture
from velatura.metadata.raster import encode_raster, holds
from velatura.metadata.story import read_story
from velatura.records import Picture, Txt2Img

PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def ramp(channels, dtype, size=(5, 7)):
    values = np.arange(size[0] * size[1] * channels) * 613
    return values.reshape(*size, channels).astype(dtype)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_png_keeps_every_bit(channels, dtype):
    pixels = ramp(channels, dtype)
    assert np.array_equal(read_pixels(encode_raster(pixels, "png", {})).array, pixels)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_texts_and_profile_stand_beside_pixels_of_either_depth(dtype):
    info = PngInfo()
    info.add_text("parameters", "a cat")
    data = encode_raster(ramp(3, dtype), "png", {"pnginfo": info, "icc_profile": PROFILE})
    assert read_pixels(data).profile == PROFILE
    assert read_story(data).texts == {"parameters": "a cat"}
    with Image.open(io.BytesIO(data)) as image:
        image.load()  # checks every chunk


def test_a_picture_of_sixteen_bits_with_alpha_is_a_png_that_tells_its_story():
    picture = Picture(pixels=ramp(4, np.uint16), request=Txt2Img(prompt="x"), profile=PROFILE)
    encoded = encode_picture(picture, Encoding(format="jpeg"))
    assert encoded.suffix == ".png"
    read = read_pixels(encoded.data)
    assert np.array_equal(read.array, picture.pixels)
    assert read.profile == PROFILE
    assert read_story(encoded.data).request == picture.request


@pytest.mark.parametrize("file_format", ["jpeg", "webp"])
def test_the_profile_of_a_picture_stands_in_every_format(file_format):
    picture = Picture(pixels=ramp(3, np.uint8), request=Txt2Img(), profile=PROFILE)
    encoded = encode_picture(picture, Encoding(format=file_format))
    assert read_pixels(encoded.data).profile == PROFILE


@pytest.mark.parametrize(
    ("file_format", "pixels"),
    [
        ("jpeg", ramp(4, np.uint8)),
        ("jpeg", ramp(3, np.uint16)),
        ("webp", ramp(3, np.uint16)),
        ("webp", np.zeros((1, 16384, 3), np.uint8)),
    ],
)
def test_what_a_format_cannot_hold_is_refused(file_format, pixels):
    assert not holds(file_format, pixels)
    with pytest.raises(RequestError, match=f"{file_format} files cannot hold"):
        encode_raster(pixels, file_format, {})
