from pathlib import Path

import numpy as np
import pytest

from tests.faces.photograph import on_canvas, photograph
from velatura.engines.local import LocalEngine
from velatura.errors import RequestError
from velatura.faces import find_faces
from velatura.models.faces.mtcnn import load_face_networks
from velatura.pipelines.faces import NO_FACE
from velatura.records import Bitmap, Detail, Picture, Step


@pytest.fixture(scope="module")
def engine(tiny_checkpoint: Path) -> LocalEngine:
    return LocalEngine([tiny_checkpoint.parent])


def run(engine: LocalEngine, pixels: np.ndarray, **settings) -> tuple[list[Step], list[Picture]]:
    small = {"steps": 4, "width": 64, "height": 64, "seed": 3, "strength": 0.5, "padding": 8}
    events = list(engine.run(Detail(image=Bitmap(pixels), **small | settings)))
    steps = [event for event in events if isinstance(event, Step)]
    return steps, [event for event in events if isinstance(event, Picture)]


def two_faces() -> np.ndarray:
    canvas = on_canvas(photograph(), 560, 300, 10, 20)
    canvas[30:286, 290:546] = photograph()[:, ::-1]
    return canvas


def inside(pixels: np.ndarray) -> np.ndarray:
    """The pixels in and close around the boxes of the faces."""
    near = np.zeros(pixels.shape[:2], dtype=bool)
    for face in find_faces(pixels, load_face_networks()):
        left, top, right, bottom = map(round, face.box)
        near[top - 20 : bottom + 20, left - 20 : right + 20] = True
    return near


def test_every_face_is_painted_and_every_byte_around_them_stays(engine: LocalEngine):
    _, (picture,) = run(engine, two_faces())
    changed = (picture.pixels != two_faces()).any(axis=2)
    assert not changed[~inside(two_faces())].any()
    for face in find_faces(two_faces(), load_face_networks()):
        x, y = map(round, face.landmarks[2])
        assert changed[y - 10 : y + 10, x - 10 : x + 10].mean() > 0.9


def test_steps_count_up_over_all_faces(engine: LocalEngine):
    steps, _ = run(engine, two_faces())
    assert {step.phase for step in steps} == {"faces"}
    total = steps[0].total
    assert [step.index for step in steps] == list(range(1, total + 1))
    assert total % 2 == 0
    assert all(step.total == total and step.snapshot is None for step in steps)


def test_a_picture_of_a_batch_is_that_of_its_seed_alone(engine: LocalEngine):
    _, pictures = run(engine, photograph(), batch_count=2)
    _, (alone,) = run(engine, photograph(), seed=4)
    assert len({picture.id for picture in pictures}) == 2
    assert pictures[1].id == alone.id
    assert pictures[1].request == alone.request


def test_the_same_request_paints_the_same_picture(engine: LocalEngine):
    _, (first,) = run(engine, photograph())
    (second,) = [e for e in engine.run(first.request) if isinstance(e, Picture)]
    assert first.id == second.id
    assert first.request.checkpoint
    assert first.models


def test_a_picture_without_a_face_comes_back_as_it_was_and_says_so(engine: LocalEngine):
    empty = np.full((64, 64, 3), 90, dtype=np.uint8)
    steps, (picture,) = run(engine, empty)
    assert steps == []
    assert np.array_equal(picture.pixels, empty)
    assert NO_FACE in picture.remarks


def test_alpha_and_sixteen_bits_stay_where_nothing_is_painted(engine: LocalEngine):
    rng = np.random.default_rng(1)
    low = rng.integers(0, 100, (256, 256, 3))
    deep = (photograph().astype(np.int64) * 257 + low).clip(0, 65535)
    alpha = rng.integers(0, 65536, (256, 256, 1))
    given = np.concatenate([deep, alpha], axis=2).astype(np.uint16)
    _, (picture,) = run(engine, given)
    outside = ~inside(photograph())
    assert picture.pixels.dtype == np.uint16
    assert np.array_equal(picture.pixels[:, :, 3], given[:, :, 3])
    assert np.array_equal(picture.pixels[outside], given[outside])
    assert (picture.pixels[~outside] != given[~outside]).any()


@pytest.mark.parametrize(
    ("field", "value"),
    [("strength", float("nan")), ("confidence", 2.0), ("padding", -1), ("mask_blur", float("inf"))],
)
def test_settings_that_cannot_be_are_refused(field: str, value: float):
    with pytest.raises(RequestError, match=field):
        Detail(image=Bitmap(photograph()), **{field: value})
