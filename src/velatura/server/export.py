"""A picture's file in the format that somebody wants it in, with its story or without."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import numpy as np

from velatura.metadata import encode_picture
from velatura.metadata.embed import SUFFIXES, Encoded
from velatura.metadata.exif import EXIF_HEADER, exif_block
from velatura.metadata.raster import encode_raster, holds
from velatura.metadata.story import INFOTEXT_CHUNK
from velatura.records import Picture
from velatura.records.bitmap import eight_bits

if TYPE_CHECKING:
    from velatura.library import Opened
    from velatura.metadata import Encoding
    from velatura.records import Pixels


def export_picture(opened: Opened, encoding: Encoding, *, has_story: bool) -> Encoded:
    """The file of a picture in another format.

    What the format cannot hold is given up: JPEG and WebP have 8 bits, and in JPEG what is
    transparent shows white. Only where a JPEG cannot hold the story it is a PNG all the same.

    Args:
        opened: The picture, and what its file tells.
        encoding: The format.
        has_story: Whether the file tells how the picture was made; otherwise it holds nothing but
            pixels and their colour profile.
    """
    bitmap = opened.bitmap
    pixels = _fitting(bitmap.array, encoding)
    if has_story and bitmap.origin:
        picture = Picture(
            pixels=pixels,
            request=bitmap.origin.request,
            models=bitmap.origin.models,
            remarks=opened.story.remarks,
            profile=bitmap.profile,
        )
        return encode_picture(picture, encoding, kept_texts=_infotext(opened))
    options: dict[str, Any] = {"quality": encoding.quality}
    if bitmap.profile:
        options["icc_profile"] = bitmap.profile
    if has_story and opened.story.text:
        options["exif"] = EXIF_HEADER + exif_block(opened.story.text)
    return Encoded(encode_raster(pixels, encoding.format, options), SUFFIXES[encoding.format])


def disposition(stem: str, suffix: str, *, is_download: bool) -> str:
    """The header that says what a file is called, and whether it is to be kept (RFC 6266)."""
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", stem)
    named = f'filename="{plain}{suffix}"'
    if plain != stem:
        named += f"; filename*=UTF-8''{quote(stem + suffix, safe='')}"
    return f"{'attachment' if is_download else 'inline'}; {named}"


def _infotext(opened: Opened) -> dict[str, str]:
    return {INFOTEXT_CHUNK: opened.story.text} if opened.story.text else {}


def _fitting(pixels: Pixels, encoding: Encoding) -> Pixels:
    """The pixels, as the format holds them."""
    if encoding.format == "png":
        return pixels
    shallow = eight_bits(pixels)
    if encoding.format == "jpeg" and not holds("jpeg", shallow) and shallow.shape[2] == 4:
        alpha = shallow[..., 3:].astype(np.float32) / 255
        over_white = shallow[..., :3] * alpha + 255 * (1 - alpha)
        return np.rint(over_white).astype(np.uint8)
    return shallow
