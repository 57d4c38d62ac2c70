from __future__ import annotations

import contextlib
import io
import struct
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from velatura.errors import PictureError
from velatura.library.pictures import read_pixels

RAMP = np.stack([np.add.outer(np.arange(9) * 20, np.arange(7) * 9)] * 3, 2).astype(np.uint8)
RAMP[..., 1] //= 2
EIGHT_BIT_KINDS = ("1", "L", "LA", "P", "RGB", "RGBA")


def encoded(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format=kind, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "WebP", "TIFF", "BMP"])
def test_lossless_files_give_their_pixels(kind):
    options = {"lossless": True} if kind == "WebP" else {}
    assert np.array_equal(read_pixels(encoded(Image.fromarray(RAMP), kind, **options)).array, RAMP)


def test_a_path_is_read_like_its_bytes(tmp_path):
    path = tmp_path / "ramp.png"
    Image.fromarray(RAMP).save(path)
    assert read_pixels(path) == read_pixels(str(path)) == read_pixels(path.read_bytes())


@pytest.mark.parametrize("mode", EIGHT_BIT_KINDS)
def test_every_kind_of_eight_bit_pixels_is_read(mode):
    image = Image.fromarray(RAMP).convert(mode)
    wanted = {"1": "L", "LA": "RGBA", "P": "RGB"}.get(mode, mode)
    expected = np.asarray(image.convert(wanted)).reshape(9, 7, -1)
    assert np.array_equal(read_pixels(encoded(image)).array, expected)


def test_a_transparent_colour_of_a_palette_becomes_alpha():
    image = Image.fromarray(RAMP).quantize(4)
    data = encoded(image, transparency=bytes([0, 255, 128, 255]))
    expected = np.asarray(Image.open(io.BytesIO(data)).convert("RGBA"))
    pixels = read_pixels(data).array
    assert set(np.unique(pixels[..., 3])) <= {0, 128, 255}
    assert np.array_equal(pixels, expected)


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("suffix", [".png", ".tiff"])
def test_sixteen_bits_stay_sixteen_bits(channels, suffix):
    deep = (np.arange(6 * 5 * channels) * 431).reshape(6, 5, channels).astype(np.uint16)
    order = [2, 1, 0, 3][:channels] if channels > 1 else [0]
    ok, data = cv2.imencode(suffix, deep[..., order])
    assert ok
    assert np.array_equal(read_pixels(data.tobytes()).array, deep)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_pictures_stand_upright_however_the_camera_was_held(orientation, kind):
    exif = Image.Exif()
    exif[274] = orientation
    data = encoded(Image.fromarray(RAMP), kind, exif=exif)
    turned = {
        1: RAMP,
        2: np.fliplr(RAMP),
        3: np.rot90(RAMP, 2),
        4: np.flipud(RAMP),
        5: RAMP.transpose(1, 0, 2),
        6: np.rot90(RAMP, -1),
        7: np.rot90(RAMP, 2).transpose(1, 0, 2),
        8: np.rot90(RAMP),
    }
    assert np.array_equal(read_pixels(data).array, turned[orientation])


def test_sixteen_bit_pictures_stand_upright_too():
    deep = RAMP.astype(np.uint16) * 257
    exif = Image.Exif()
    exif[274] = 6
    grey = read_pixels(encoded(Image.fromarray(deep[..., 0]), "TIFF", tiffinfo={274: 6}))
    assert np.array_equal(grey.array[..., 0], np.rot90(deep[..., 0], -1))
    plain = cv2.imencode(".png", deep[..., ::-1])[1].tobytes()
    block = b"eXIf" + exif.tobytes().removeprefix(b"Exif\0\0")
    chunk = struct.pack(">I", len(block) - 4) + block + struct.pack(">I", zlib.crc32(block))
    end = plain.index(b"IDAT") - 4
    data = plain[:end] + chunk + plain[end:]
    assert np.array_equal(read_pixels(data).array, np.rot90(deep, -1))


def test_the_colour_profile_is_kept():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert read_pixels(encoded(Image.fromarray(RAMP), icc_profile=profile)).profile == profile


def test_cmyk_becomes_rgb():
    white = Image.new("CMYK", (4, 4), (0, 0, 0, 0))
    assert np.all(read_pixels(encoded(white, "TIFF")).array == 255)


@pytest.mark.parametrize("kind", ["PNG", "GIF", "WebP"])
def test_animations_are_refused(kind):
    frames = [Image.fromarray(RAMP), Image.fromarray(RAMP[::-1].copy())]
    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
    with pytest.raises(PictureError, match="2 frames"):
        read_pixels(data)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WebP", "TIFF", "GIF"])
@pytest.mark.parametrize("share", [0.2, 0.6, 0.95])
def test_files_that_are_cut_off_are_refused(kind, share):
    noise = np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    data = encoded(Image.fromarray(noise), kind)
    with pytest.raises(PictureError):
        read_pixels(data[: int(len(data) * share)])


@pytest.mark.parametrize("depth", [8, 16])
def test_a_deep_file_that_is_cut_off_is_refused(depth):
    noise = np.random.default_rng(1).integers(0, 2**depth, (64, 64, 3), dtype=f"uint{depth}")
    data = cv2.imencode(".png", noise)[1].tobytes()
    with pytest.raises(PictureError):
        read_pixels(data[: len(data) // 2])


@pytest.mark.parametrize("size", [(30_000, 30_000), (40_000, 8), (2**31 - 1, 2**31 - 1)])
def test_decompression_bombs_are_refused_by_their_header(size):
    header = b"IHDR" + struct.pack(">IIBBBBB", *size, 8, 2, 0, 0, 0)
    body = b"IDAT" + zlib.compress(bytes(10_000))
    chunks = [
        struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c))
        for c in (header, body, b"IEND")
    ]
    with pytest.raises(PictureError, match="too many"):
        read_pixels(b"\x89PNG\r\n\x1a\n" + b"".join(chunks))


def test_a_missing_file_and_one_of_another_kind_are_refused(tmp_path):
    with pytest.raises(PictureError, match="no such picture"):
        read_pixels(tmp_path / "none.png")
    with pytest.raises(PictureError, match="expected PNG"):
        read_pixels(b"#!/bin/sh")


def test_floating_point_pixels_are_refused():
    with pytest.raises(PictureError, match="16-bit RGB"):
        read_pixels(encoded(Image.fromarray(np.ones((4, 4), np.float32)), "TIFF"))


@settings(max_examples=150, deadline=None)
@given(
    kind=st.sampled_from(["PNG", "JPEG", "WebP", "TIFF", "GIF", "BMP"]),
    changes=st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), min_size=1, max_size=6),
)
def test_damaged_files_are_read_or_refused_but_nothing_else(kind, changes):
    data = bytearray(encoded(Image.fromarray(RAMP), kind))
    for place, value in changes:
        data[int(place * len(data))] = value
    with contextlib.suppress(PictureError):
        assert read_pixels(bytes(data)).pixels is not None
