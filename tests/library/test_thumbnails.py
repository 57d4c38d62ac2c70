from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from velatura.errors import RequestError
from velatura.library.thumbnails import SIDES, Thumbnails, shrink

ID = "ab" + "0" * 62


def picture(height=100, width=400, channels=3, dtype=np.uint8):
    top = np.iinfo(dtype).max
    ramp = np.linspace(0, top, width).astype(dtype)
    return np.broadcast_to(ramp[None, :, None], (height, width, channels)).copy()


def decoded(data):
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_thumbnail_has_the_ratio_and_colours_of_its_picture(channels, dtype):
    small = decoded(shrink(picture(channels=channels, dtype=dtype), 128))
    assert small.format == "WEBP"
    assert small.size == (128, 32)
    grey = np.asarray(small.convert("RGB")).mean(axis=(0, 2))
    expected = np.linspace(0, 255, 128)
    opaque = slice(4, None) if channels == 4 else slice(None)
    assert np.abs(grey - expected)[opaque].max() < 12


def test_small_pictures_keep_their_size_and_thin_ones_a_pixel():
    assert decoded(shrink(picture(20, 30), 128)).size == (30, 20)
    assert decoded(shrink(picture(1, 4000), 128)).size == (128, 1)


def test_a_thumbnail_is_made_once(tmp_path):
    thumbnails = Thumbnails(tmp_path)
    first = thumbnails.get(ID, 128, picture)
    assert thumbnails.get(ID, 128, lambda: pytest.fail("made again")) == first
    thumbnails.forget(ID)
    assert not list(tmp_path.rglob("*.webp"))


def test_the_folder_stays_within_its_bound_and_the_oldest_go(tmp_path):
    one = len(shrink(picture(), 128))
    thumbnails = Thumbnails(tmp_path, most_bytes=5 * one)
    ids = [f"{place:02x}" + "0" * 62 for place in range(8)]
    for place, picture_id in enumerate(ids):
        thumbnails.get(picture_id, 128, picture)
        import os

        (path,) = tmp_path.rglob(f"{picture_id}*")
        os.utime(path, (place, place))
    left = sorted(path.name[:2] for path in tmp_path.rglob("*.webp"))
    assert sum(path.stat().st_size for path in tmp_path.rglob("*.webp")) <= 5 * one
    assert left == [picture_id[:2] for picture_id in ids[-len(left) :]]


@pytest.mark.parametrize(("picture_id", "side"), [(ID, 127), ("../" + ID, SIDES[0]), ("x", 128)])
def test_other_sizes_and_names_are_refused(tmp_path, picture_id, side):
    with pytest.raises(RequestError):
        Thumbnails(tmp_path).get(picture_id, side, picture)
