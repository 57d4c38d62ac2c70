"""A picture keeps its history wherever its file goes, as long as its pixels stay."""

from __future__ import annotations

import io
import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.library.pictures import CHECKPOINT, painted
from velatura.errors import PictureError
from velatura.library import open_picture, save_picture
from velatura.library.opened import EDITED
from velatura.metadata import Encoding, encode_picture
from velatura.records import Bitmap, Inpaint, Picture, Upscale

if TYPE_CHECKING:
    from pathlib import Path


def history() -> Picture:
    mask = Bitmap(np.arange(48, dtype=np.uint8).reshape(6, 8))
    repaired = Picture(
        pixels=painted().pixels // 2, request=Inpaint(image=painted().bitmap, mask=mask, seed=3)
    )
    return Picture(pixels=painted().pixels // 3, request=Upscale(image=repaired.bitmap))


def resaved(data: bytes, *, keep: bool = True) -> bytes:
    """The file as a program writes it that keeps texts, or does not."""
    image = Image.open(io.BytesIO(data))
    texts = PngInfo()
    for keyword, text in image.text.items() if keep else ():  # type: ignore[attr-defined]
        texts.add_text(keyword, text)
    file = io.BytesIO()
    image.save(file, "PNG", pnginfo=texts, compress_level=1)
    assert file.getvalue() != data
    return file.getvalue()


@pytest.mark.parametrize("encoding", [Encoding(), Encoding(format="webp", lossless=True)])
def test_a_file_gives_back_pixels_and_origin(encoding: Encoding) -> None:
    picture = history()
    opened = open_picture(encode_picture(picture, encoding).data)
    assert opened.bitmap == picture.bitmap
    assert not opened.remarks
    assert opened.bitmap.origin.request == picture.request
    inpaint = opened.bitmap.origin.request.image.origin.request
    assert inpaint.image.origin.models == (CHECKPOINT,)


def test_a_copied_and_renamed_file_keeps_its_history(tmp_path: Path) -> None:
    copy = tmp_path / "holiday photo.png"
    shutil.copy(save_picture(history(), tmp_path), copy)
    assert open_picture(copy).bitmap.origin.request == history().request


def test_a_file_saved_again_with_its_texts_keeps_its_history() -> None:
    again = resaved(encode_picture(history()).data)
    assert open_picture(again).bitmap.origin.request == history().request


def test_a_stripped_file_is_a_picture_from_outside() -> None:
    opened = open_picture(resaved(encode_picture(history()).data, keep=False))
    assert (opened.bitmap.origin, opened.remarks, opened.story.request) == (None, (), None)


def test_an_edited_picture_is_one_from_outside_and_says_so() -> None:
    image = Image.open(io.BytesIO(encode_picture(history()).data))
    texts = PngInfo()
    texts.add_text("velatura", image.text["velatura"])  # type: ignore[attr-defined]
    image.putpixel((0, 0), (1, 2, 3))
    file = io.BytesIO()
    image.save(file, "PNG", pnginfo=texts)
    opened = open_picture(file.getvalue())
    assert opened.bitmap.origin is None
    assert opened.remarks == (EDITED,)
    assert opened.story.request == history().request


def test_a_lossy_copy_is_one_from_outside() -> None:
    opened = open_picture(encode_picture(history(), Encoding(format="jpeg")).data)
    assert opened.bitmap.origin is None
    assert opened.remarks == (EDITED,)


def test_a_story_without_an_id_is_not_believed(golden: Path) -> None:
    opened = open_picture(golden / "cases" / "batch4.1.png")
    assert opened.bitmap.origin is None
    assert opened.story.request is not None


def test_formats_without_a_story_are_opened_too() -> None:
    file = io.BytesIO()
    Image.new("RGB", (3, 2)).save(file, "BMP")
    assert open_picture(file.getvalue()).bitmap.size == (3, 2)


def test_what_is_no_picture_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="no such picture file"):
        open_picture(tmp_path / "missing.png")
