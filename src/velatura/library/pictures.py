"""Pictures read from files: their pixels, upright, as they stand.

The size is looked at before anything is decoded, so that a small file cannot claim all memory; a
file that is cut off, animated or of a kind that would have to be guessed at is refused.
"""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image, ImageCms, UnidentifiedImageError
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from velatura.errors import PictureError
from velatura.records import Bitmap
from velatura.records.bitmap import LARGEST_AREA, LARGEST_SIDE

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL.ImageFile import ImageFile

    from velatura.records import Pixels

LARGEST_FILE = 2**30
"""Bytes of a picture file that are looked at."""

FORMATS: dict[str, tuple[type[ImageFile], tuple[bytes, ...]]] = {
    "PNG": (PngImageFile, (b"\x89PNG\r\n\x1a\n",)),
    "JPEG": (JpegImageFile, (b"\xff\xd8\xff",)),
    "WebP": (WebPImageFile, (b"RIFF",)),
    "TIFF": (TiffImageFile, (b"II*\0", b"MM\0*")),
    "BMP": (BmpImageFile, (b"BM",)),
    "GIF": (GifImageFile, (b"GIF87a", b"GIF89a")),
}
"""What can be read: the reader, and what such files begin with.

The readers are asked directly, as ``Image.open`` has a limit of its own on pixels.
"""

ORIENTATION = 274
"""The EXIF tag; its values 1 to 8 are the eight ways to hold a camera."""

UPRIGHT: dict[int, Callable[[Pixels], Pixels]] = {
    2: lambda pixels: pixels[:, ::-1],
    3: lambda pixels: pixels[::-1, ::-1],
    4: lambda pixels: pixels[::-1],
    5: lambda pixels: pixels.swapaxes(0, 1),
    6: lambda pixels: pixels.swapaxes(0, 1)[:, ::-1],
    7: lambda pixels: pixels.swapaxes(0, 1)[::-1, ::-1],
    8: lambda pixels: pixels.swapaxes(0, 1)[::-1],
}
"""How pixels of each orientation are put upright; 1 is upright."""

DECODED = {"1": "L", "L": "L", "RGB": "RGB", "RGBA": "RGBA", "LA": "RGBA", "YCbCr": "RGB"}
"""Pillow's modes, and those that their pixels are taken in; palettes and CMYK beside these."""

BITS_PER_SAMPLE = 258
"""The TIFF tag."""

_DAMAGE = (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError)
"""What Pillow's readers raise for damaged files; broken structures come as any of these."""


def read_pixels(file: Path | str | bytes) -> Bitmap:
    """The pixels of a picture file, or of the bytes of one, with its colour profile.

    They are 8 or 16 bits deep, as the file is, and turned upright as its EXIF data tell. Palettes
    become RGB, with alpha where one colour is transparent; CMYK becomes sRGB, by the file's
    profile if it has one.

    Raises:
        PictureError: no such file, of another format, cut off, animated, with more pixels than a
            request takes, or of a kind of pixels that cannot be taken without guessing.
    """
    name = "picture" if isinstance(file, bytes) else str(file)
    data = file if isinstance(file, bytes) else _file_bytes(Path(file))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about metadata; pixels that are wrong are errors
            with _opened(data) as image:
                return _read(image, data)
    except PictureError as error:
        error.args = (f"{name}: {error}",)
        raise
    except (*_DAMAGE, Image.DecompressionBombError, UnidentifiedImageError) as error:
        raise PictureError(f"{name}: damaged or cut off, cannot be read: {error}") from error
    except MemoryError as error:
        raise PictureError(f"{name}: not enough memory to read it") from error


def claimed_size(data: bytes) -> tuple[int, int]:
    """Width and height that a picture file claims in its header; nothing is decoded.

    Raises:
        PictureError: it is none that can be read.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with _opened(data) as image:
                return image.size
    except (*_DAMAGE, Image.DecompressionBombError, UnidentifiedImageError) as error:
        raise PictureError(f"picture: damaged or cut off, cannot be read: {error}") from error


def _file_bytes(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise PictureError(f"{path}: no such picture file")
        if path.stat().st_size > LARGEST_FILE:
            raise PictureError(f"{path}: larger than {LARGEST_FILE} bytes; not read")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise PictureError(f"{path}: cannot be read: {error}") from error


def _opened(data: bytes) -> ImageFile:
    """The file's reader, which has looked at its header only."""
    for reader, beginnings in FORMATS.values():
        if data.startswith(beginnings):
            return reader(io.BytesIO(data))
    raise PictureError(f"not a picture that can be read: expected {', '.join(FORMATS)}")


def _read(image: ImageFile, data: bytes) -> Bitmap:
    width, height = image.size
    if max(width, height) > LARGEST_SIDE or width * height > LARGEST_AREA:
        raise PictureError(
            f"{width}x{height} pixels are too many: each side may have {LARGEST_SIDE}, and the "
            f"whole {LARGEST_AREA}; make it smaller first"
        )
    frames = getattr(image, "n_frames", 1)
    if frames > 1:
        raise PictureError(f"has {frames} frames or pages; save the one you want by itself")
    is_turned = isinstance(image, TiffImageFile)  # Pillow and OpenCV do it with these
    orientation = 1 if is_turned else image.getexif().get(ORIENTATION, 1)
    profile = image.info.get("icc_profile") or b""
    if _is_deep(image, data):
        pixels = _deep_pixels(image, data)
    elif image.mode == "CMYK":
        pixels, profile = np.asarray(_from_cmyk(image, profile)), b""
    else:
        pixels = np.asarray(image.convert(_mode(image)))
    upright = UPRIGHT[orientation](pixels) if orientation in UPRIGHT else pixels
    return Bitmap(upright, profile=profile)


def _mode(image: ImageFile) -> str:
    """The mode that the pixels are taken in."""
    is_transparent = "transparency" in image.info
    if image.mode in ("P", "PA"):
        return "RGBA" if is_transparent or image.mode == "PA" else "RGB"
    if image.mode not in DECODED:
        raise PictureError(
            f"its pixels are of kind {image.mode!r}; save it as 8- or 16-bit RGB or grey"
        )
    return "RGBA" if is_transparent else DECODED[image.mode]


def _is_deep(image: ImageFile, data: bytes) -> bool:
    """Whether the file has 16 bits a sample; Pillow would drop half of them from colours."""
    if isinstance(image, PngImageFile):
        return data[24] == 16  # the bit depth stands after width and height in the first chunk
    if isinstance(image, TiffImageFile):
        return 16 in image.tag_v2.get(BITS_PER_SAMPLE, ())
    return False


def _deep_pixels(image: ImageFile, data: bytes) -> Pixels:
    """uint16, (h, w) or (h, w, 3 or 4)."""
    image.load()  # OpenCV gives what it could read of a file that is cut off; Pillow refuses it
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None or pixels.dtype != np.uint16:
        raise PictureError("its 16-bit pixels cannot be read; save it as PNG")
    order = [2, 1, 0, 3]  # OpenCV has blue first
    ordered = pixels if pixels.ndim == 2 else pixels[:, :, order[: pixels.shape[2]]]
    return ordered.astype(np.uint16, copy=False)


def _from_cmyk(image: ImageFile, profile: bytes) -> Image.Image:
    """In sRGB: by the profile, or by plain subtraction."""
    if not profile:
        return image.convert("RGB")
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(
            image, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except ImageCms.PyCMSError as error:
        raise PictureError(f"its colour profile cannot be used: {error}") from error
    if converted is None:
        raise PictureError("its colour profile cannot be used")
    return converted
