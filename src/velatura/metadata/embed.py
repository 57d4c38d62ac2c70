"""A picture as the bytes of a PNG, JPEG or WebP file that carries its story.

==========  ================================  ===========================  =====================
            infotext                          our JSON                     IPTC source type
==========  ================================  ===========================  =====================
PNG         text chunk ``parameters``         text chunk ``velatura``      XMP in an iTXt chunk
JPEG, WebP  EXIF user comment, UTF-16         property of the XMP packet   the same packet
==========  ================================  ===========================  =====================
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from annotated_types import Interval
from PIL.PngImagePlugin import PngInfo

from velatura.limits import Checked
from velatura.metadata.exif import EXIF_HEADER, exif_block
from velatura.metadata.infotext import format_infotext
from velatura.metadata.postprocessing import POSTPROCESSING_CHUNKS, format_postprocessing
from velatura.metadata.provenance import ENHANCED, TRAINED_ALGORITHM, format_xmp
from velatura.metadata.raster import FileFormat, encode_raster, holds
from velatura.metadata.story import INFOTEXT_CHUNK, SOFTWARE, STORY_CHUNK, format_story
from velatura.records import painting_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from velatura.records import Picture, Pixels

SUFFIXES: dict[FileFormat, str] = {"png": ".png", "jpeg": ".jpg", "webp": ".webp"}

LONGEST_JPEG_SEGMENT = 65533
"""Bytes of an application segment, its length field left out."""

_PNG_XMP = "XML:com.adobe.xmp"

LONGEST_XMP = LONGEST_JPEG_SEGMENT - len(b"http://ns.adobe.com/xap/1.0/\x00")
"""Bytes of an XMP packet in a JPEG file; a name stands before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding(Checked):
    """How pixels become a file.

    Attributes:
        format: PNG keeps every bit; JPEG and WebP are smaller.
        quality: For JPEG and lossy WebP.
        lossless: For WebP.
    """

    format: FileFormat = "png"
    quality: Annotated[int, Interval(ge=1, le=100)] = 80
    lossless: bool = False


@dataclass(frozen=True, slots=True)
class Encoded:
    """The bytes of a file, and the ending its name should have."""

    data: bytes
    suffix: str


def encode_picture(
    picture: Picture,
    encoding: Encoding | None = None,
    kept_texts: Mapping[str, str] | None = None,
) -> Encoded:
    """The file of a picture with its story in it.

    Where the format cannot hold the picture (a side too long, alpha, 16 bits) or its story (a JPEG
    segment ends at 64 KiB), the file is a PNG instead, so nothing is lost. But the pixels of
    pictures from outside stay behind first: a JPEG file remembers them by their ids.

    Args:
        picture: What to write.
        encoding: How; PNG where not given.
        kept_texts: Texts of an earlier file to carry over into PNG, and their infotext into other
            formats; ours replace those of the same keyword.
    """
    encoding = encoding or Encoding()
    if encoding.format == "png" or not holds(encoding.format, picture.pixels):
        return _png(picture, kept_texts or {})
    text = format_infotext(picture) or (kept_texts or {}).get(INFOTEXT_CHUNK, "")
    exif = EXIF_HEADER + exif_block(_encodable(text)) if text else b""
    xmp = _xmp(picture)
    if encoding.format == "jpeg" and len(xmp) > LONGEST_XMP:
        xmp = _xmp(picture, carries_pixels=False)
    if encoding.format == "jpeg" and (len(exif) > LONGEST_JPEG_SEGMENT or len(xmp) > LONGEST_XMP):
        return _png(picture, kept_texts or {})
    options: dict[str, Any] = {"quality": encoding.quality, "xmp": xmp, **_profile(picture)}
    if exif:
        options["exif"] = exif
    if encoding.format == "webp":
        options["lossless"] = encoding.lossless
    data = encode_raster(picture.pixels, encoding.format, options)
    return Encoded(data, SUFFIXES[encoding.format])


def encode_pixels(pixels: Pixels, encoding: Encoding, infotext: str = "") -> Encoded:
    """The file of pixels that have no story of their own, such as a sheet of several pictures.

    Args:
        pixels: What to write.
        encoding: How; a PNG instead, where the format cannot hold pixels or text.
        infotext: What the file tells of its making, beside declaring it.
    """
    text = _encodable(infotext)
    exif = EXIF_HEADER + exif_block(text) if text else b""
    is_held = holds(encoding.format, pixels)
    is_held &= not (encoding.format == "jpeg" and len(exif) > LONGEST_JPEG_SEGMENT)
    file_format: FileFormat = encoding.format if is_held else "png"
    xmp = format_xmp(SOFTWARE)
    options: dict[str, Any] = {"quality": encoding.quality, "xmp": xmp, "exif": exif}
    if file_format == "png":
        info = PngInfo()
        if text:
            info.add_text(INFOTEXT_CHUNK, text)
        info.add_itxt(_PNG_XMP, xmp.decode())
        options = {"pnginfo": info}
    if file_format == "webp":
        options["lossless"] = encoding.lossless
    return Encoded(encode_raster(pixels, file_format, options), SUFFIXES[file_format])


def _png(picture: Picture, kept_texts: Mapping[str, str]) -> Encoded:
    postprocessing = format_postprocessing(picture.request)
    ours = {
        INFOTEXT_CHUNK: format_infotext(picture),
        **dict.fromkeys(POSTPROCESSING_CHUNKS, postprocessing),
        STORY_CHUNK: format_story(picture),
    }
    texts = {**kept_texts, **{keyword: text for keyword, text in ours.items() if text}}
    info = PngInfo()
    for keyword, text in texts.items():
        info.add_text(keyword, _encodable(text))  # tEXt where Latin-1 will do, else iTXt
    info.add_itxt(_PNG_XMP, format_xmp(SOFTWARE, source_type=_source_type(picture)).decode())
    options = {"pnginfo": info, **_profile(picture)}
    return Encoded(encode_raster(picture.pixels, "png", options), SUFFIXES["png"])


def _xmp(picture: Picture, *, carries_pixels: bool = True) -> bytes:
    story = format_story(picture, carries_pixels=carries_pixels)
    return format_xmp(SOFTWARE, story, _source_type(picture))


def _source_type(picture: Picture) -> str:
    return TRAINED_ALGORITHM if painting_of(picture.request) else ENHANCED


def _profile(picture: Picture) -> dict[str, Any]:
    return {"icc_profile": picture.profile} if picture.profile else {}


def _encodable(text: str) -> str:
    """The text without lone surrogates, which no encoding of Unicode can hold."""
    return text.encode("utf-8", errors="replace").decode("utf-8")
