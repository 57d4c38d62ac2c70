"""A picture's story goes back to what it was made from."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.library.pictures import CHECKPOINT, painted
from velatura.metadata import Encoding, encode_picture, format_story, read_story
from velatura.metadata.leaves import leaf_from_plain, leaf_to_plain
from velatura.metadata.lineage import LONGEST_LEAVES, MOST_ANCESTORS, ancestry
from velatura.metadata.story import STORY_CHUNK, Story
from velatura.records import Bitmap, Img2Img, Inpaint, Picture, Txt2Img, Upscale

FORMATS = [Encoding(format="png"), Encoding(format="jpeg"), Encoding(format="webp")]


def noise(height: int = 6, width: int = 9, channels: int = 3, kind: type = np.uint8) -> np.ndarray:
    values = np.random.default_rng(7).integers(0, np.iinfo(kind).max, (height, width, channels))
    return values.astype(kind)


def made(request: Any, shade: int = 0) -> Picture:
    return Picture(
        pixels=np.full((8, 8, 3), shade, np.uint8), request=request, models=(CHECKPOINT,)
    )


def chain() -> Picture:
    """Words, then a repair under a mask, then a larger picture."""
    mask = Bitmap(noise(channels=1))
    repaired = made(Inpaint(prompt="b", image=painted().bitmap, mask=mask, seed=2), 1)
    return made(Upscale(image=repaired.bitmap), 2)


def story_of(picture: Picture) -> dict[str, Any]:
    return json.loads(format_story(picture))


def told(story: object) -> Story:
    file = io.BytesIO()
    texts = PngInfo()
    texts.add_text(STORY_CHUNK, json.dumps(story))
    Image.new("RGB", (8, 8)).save(file, "PNG", pnginfo=texts)
    return read_story(file.getvalue())


@pytest.mark.parametrize("encoding", FORMATS)
def test_a_file_remembers_the_whole_chain(encoding: Encoding) -> None:
    picture = chain()
    story = read_story(encode_picture(picture, encoding).data)
    assert not story.problems
    assert story.id == picture.id
    assert story.request == picture.request
    repaired = story.request.image
    assert repaired.pixels is None
    inpaint = repaired.origin.request
    assert (inpaint.kind, inpaint.seed) == ("inpaint", 2)
    assert np.array_equal(inpaint.mask.array, picture.request.image.origin.request.mask.array)
    assert inpaint.mask.origin is None
    assert inpaint.image.origin.request == painted().request
    assert inpaint.image.origin.models == (CHECKPOINT,)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_outside_pixels_come_back_bit_for_bit(channels: int, kind: type) -> None:
    leaf = Bitmap(noise(channels=channels, kind=kind), profile=b"a profile")
    back = leaf_from_plain(leaf_to_plain(leaf))
    assert back == leaf
    assert back.array.dtype == kind
    assert back.profile == b"a profile"


def test_a_bitmap_used_twice_is_carried_once() -> None:
    sketch = Bitmap(noise())
    first = made(Img2Img(image=sketch, seed=1), 1)
    picture = made(Inpaint(image=first.bitmap, mask=sketch, latent_mask=sketch, seed=2), 2)
    assert list(story_of(picture)["bitmaps"]) == [sketch.id]
    request = read_story(encode_picture(picture).data).request
    assert request.mask is request.latent_mask is request.image.origin.request.image


def test_a_stage_that_changes_nothing_does_not_tie_the_chain_into_a_ring() -> None:
    first = painted()
    same = Picture(pixels=first.pixels, request=Upscale(image=first.bitmap, factor=1.0))
    last = Picture(pixels=first.pixels, request=Upscale(image=same.bitmap, factor=2.0))
    request = read_story(encode_picture(last).data).request
    assert request.factor == 2.0
    assert request.image.origin.request.factor == 1.0
    assert request.image.origin.request.image.origin.request == first.request


def test_a_chain_beyond_all_measure_is_forgotten_from_its_old_end() -> None:
    picture = made(Txt2Img(seed=1))
    for index in range(MOST_ANCESTORS + 5):
        picture = made(Upscale(image=picture.bitmap, factor=1.0), index % 250)
    story = told(story_of(picture))
    assert not story.problems
    assert len(ancestry(story.request)) == MOST_ANCESTORS + 1


def test_doubling_back_does_not_multiply_the_work() -> None:
    picture = painted()
    for _ in range(60):  # 2**60 ways lead back to the first one
        picture = made(Inpaint(image=picture.bitmap, mask=picture.bitmap, seed=1), 3)
    assert len(story_of(picture)["ancestors"]) <= 60


def test_pixels_that_do_not_fit_are_only_remembered() -> None:
    side = 2100  # noise does not shrink: more than the story may carry
    sketch = Bitmap(noise(side, side))
    mask = Bitmap(noise(8, 8, 1))
    picture = made(Inpaint(image=sketch, mask=mask, seed=1))
    text = format_story(picture)
    assert len(text) < LONGEST_LEAVES
    request = read_story(encode_picture(picture).data).request
    assert request.image.pixels is None
    assert request.image == sketch
    assert np.array_equal(request.mask.array, mask.array)


def test_a_story_of_the_first_format_is_still_read() -> None:
    story = told({"velatura": 1, "request": {"prompt": "a cat"}, "parents": ["ab"]})
    assert story.request == Txt2Img(prompt="a cat")
    assert not story.problems


def damaged(**changes: Any) -> dict[str, Any]:
    story = story_of(made(Img2Img(image=Bitmap(noise()), seed=1)))
    (name,) = story["bitmaps"]
    story["bitmaps"][name] |= changes
    return story


def png_claiming(width: int, height: int) -> str:
    data = bytearray(base64.b64decode(damaged()["bitmaps"].popitem()[1]["png"]))
    data[16:24] = width.to_bytes(4) + height.to_bytes(4)
    return base64.b64encode(bytes(data)).decode()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"png": "!"}, "not base64"),
        ({"png": 3}, "expected base64"),
        ({"png": ""}, "not a PNG"),
        ({"png": base64.b64encode(b"\xff\xd8\xff" * 20).decode()}, "not a PNG"),
        ({"png": leaf_to_plain(Bitmap(noise(3, 3)))["png"]}, "not those"),
        ({"png": png_claiming(30_000, 30_000)}, "more than a story may carry"),
        ({"png": png_claiming(0, 8)}, "more than a story may carry"),
        ({"png": png_claiming(9, 7)}, "cannot be used"),
        ({"profile": "é"}, "not base64"),
    ],
)
def test_pixels_that_cannot_be_used_are_a_problem_not_an_end(changes: Any, message: str) -> None:
    story = told(damaged(**changes))
    assert len(story.problems) == 1
    assert message in story.problems[0]
    assert story.request.image.pixels is None


def test_a_story_cannot_unfold_into_gigabytes() -> None:
    leaves = {}
    bomb = leaf_to_plain(Bitmap(np.zeros((4096, 4096, 1), np.uint8)))
    for index in range(20):
        leaves[f"{index}"] = bomb
    story = told({"velatura": 2, "request": {}, "bitmaps": leaves})
    assert "not those" in story.problems[0]
    assert "more than a story may carry" in story.problems[4]
