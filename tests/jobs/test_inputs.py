"""What requests begin with, kept beside the queue."""

from dataclasses import replace

import numpy as np
import pytest

from velatura.errors import RequestError
from velatura.jobs.folder import Folder
from velatura.jobs.inputs import keep_bitmap, load_bitmap, pack, unpack
from velatura.records import Bitmap, Img2Img, Inpaint, ModelUse, Origin, Txt2Img, Upscale


@pytest.fixture
def folder(tmp_path):
    made = Folder(tmp_path)
    made.prepare()
    return made


def noise(channels=3, dtype=np.uint8, seed=0):
    largest = np.iinfo(dtype).max
    values = np.random.default_rng(seed).integers(0, largest, (6, 8, channels), endpoint=True)
    return values.astype(dtype)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_pixels_of_every_kind_are_kept_bit_for_bit(folder, channels, dtype):
    bitmap = Bitmap(noise(channels, dtype))
    keep_bitmap(bitmap, folder)
    kept = load_bitmap(bitmap.id, folder)
    assert kept == bitmap
    assert np.array_equal(kept.array, bitmap.array)


def test_a_request_comes_back_with_its_pixels(folder):
    request = Inpaint(image=Bitmap(noise()), mask=Bitmap(noise(1, seed=1)), prompt="an apple")
    again = unpack(*pack(request, folder), folder)
    assert again == request
    assert np.array_equal(again.image.array, request.image.array)
    assert np.array_equal(again.mask.array, request.mask.array)


def test_a_request_remembers_where_its_picture_comes_from(folder):
    painted = Bitmap(
        noise(),
        origin=Origin(
            request=Txt2Img(prompt="an apple", seed=3),
            models=(ModelUse(kind="checkpoint", name="mini", hash="0123456789"),),
        ),
    )
    larger = Bitmap(noise(seed=1), origin=Origin(request=Upscale(image=painted)), profile=b"icc")
    again = unpack(*pack(Img2Img(image=larger, seed=1), folder), folder)
    assert again.image.profile == b"icc"
    before = again.image.origin.request.image
    assert before.origin.request == painted.origin.request
    assert before.origin.models == painted.origin.models


def test_pixels_are_written_once(folder):
    bitmap = Bitmap(noise())
    keep_bitmap(bitmap, folder)
    before = folder.bitmap(bitmap.id).stat().st_mtime_ns
    keep_bitmap(bitmap, folder)
    assert folder.bitmap(bitmap.id).stat().st_mtime_ns == before


def test_pixels_kept_before_need_not_be_sent_again(folder):
    bitmap = Bitmap(noise())
    keep_bitmap(bitmap, folder)
    request = Img2Img(image=Bitmap(None, id=bitmap.id), seed=1)
    assert np.array_equal(unpack(*pack(request, folder), folder).image.array, bitmap.array)


def test_a_bitmap_that_is_not_kept_is_refused_by_its_field(folder):
    remembered = Bitmap(None, id="0" * 64)
    request = Inpaint(image=Bitmap(noise()), mask=remembered, seed=1)
    with pytest.raises(RequestError, match="send its pixels first") as caught:
        pack(request, folder)
    assert caught.value.field == "mask"


@pytest.mark.parametrize("name", ["../../../etc/passwd", "", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_an_id_that_is_none_leads_nowhere(folder, name):
    with pytest.raises(RequestError, match="is no id of a bitmap"):
        load_bitmap(name, folder)


def test_pixels_that_were_changed_on_the_disk_are_not_used(folder):
    bitmap, other = Bitmap(noise()), Bitmap(noise(seed=1))
    packed = pack(Img2Img(image=bitmap, seed=1), folder)
    keep_bitmap(other, folder)
    folder.bitmap(bitmap.id).write_bytes(folder.bitmap(other.id).read_bytes())
    with pytest.raises(RequestError, match="was changed; send its pixels again"):
        unpack(*packed, folder)
    folder.bitmap(bitmap.id).write_bytes(b"\x89PNG")
    with pytest.raises(RequestError, match="bitmap"):
        unpack(*packed, folder)


def test_a_request_without_bitmaps_keeps_nothing(folder):
    request = Txt2Img(prompt="an apple", seed=1)
    assert unpack(*pack(request, folder), folder) == request
    assert list((folder.root / "bitmaps").iterdir()) == []


def test_the_same_request_replayed_is_the_same(folder):
    request = Img2Img(image=Bitmap(noise()), seed=1)
    once = unpack(*pack(request, folder), folder)
    assert pack(once, folder) == pack(replace(request), folder)
