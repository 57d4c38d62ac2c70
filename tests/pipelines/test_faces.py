import numpy as np
import pytest

from tests.faces.photograph import on_canvas, photograph
from velatura.errors import RequestError
from velatura.faces import find_faces
from velatura.models.faces.mtcnn import load_face_networks
from velatura.pipelines.faces import NO_FACE, FacesKit, restore_faces
from velatura.records import Bitmap, Faces, ModelUse, Picture, Step

USE = ModelUse(kind="face restorer", name="codeformer-v0.1.0", hash="0123456789")


def negative(face: np.ndarray, weight: float) -> np.ndarray:
    """Restores a face to what can be told apart; its blue tells the weight."""
    restored = 255 - face
    restored[:, :, 2] = round(255 * weight)
    return restored


@pytest.fixture(scope="module")
def kit() -> FacesKit:
    return FacesKit(networks=load_face_networks(), restore=negative, uses=(USE,))


def run(kit: FacesKit, pixels: np.ndarray, **settings) -> tuple[list[Step], Picture]:
    *steps, picture = restore_faces(Faces(image=Bitmap(pixels), **settings), kit)
    return steps, picture


def two_faces() -> np.ndarray:
    canvas = on_canvas(photograph(), 560, 300, 10, 20)
    canvas[30:286, 290:546] = photograph()[:, ::-1]
    return canvas


def test_each_face_is_restored_in_a_step_of_its_own(kit: FacesKit):
    steps, picture = run(kit, two_faces(), weight=0.2)
    assert [(step.phase, step.index, step.total) for step in steps] == [
        ("faces", 1, 2),
        ("faces", 2, 2),
    ]
    assert picture.models == (USE,)
    assert picture.remarks == ()
    for face in find_faces(two_faces(), kit.networks):
        x, y = map(round, face.landmarks[2])
        expected = 255 - two_faces()[y, x].astype(int)
        assert np.abs(picture.pixels[y, x, :2] - expected[:2]).max() < 12
        assert picture.pixels[y, x, 2] == 51


def test_outside_the_faces_every_byte_stays(kit: FacesKit):
    _, picture = run(kit, two_faces())
    changed = (picture.pixels != two_faces()).any(axis=2)
    assert 0.05 < changed.mean() < 0.3
    for face in find_faces(two_faces(), kit.networks):
        left, top, right, bottom = face.box
        grow_x, grow_y = (right - left) * 0.5, (bottom - top) * 0.4
        rows = slice(round(top - grow_y), round(bottom + grow_y))
        changed[rows, round(left - grow_x) : round(right + grow_x)] = False
    assert not changed.any()


def test_a_picture_without_a_face_comes_back_as_it_was_and_says_so(kit: FacesKit):
    empty = np.random.default_rng(0).integers(0, 256, (80, 60, 3), dtype=np.uint8)
    steps, picture = run(kit, empty)
    assert steps == []
    assert np.array_equal(picture.pixels, empty)
    assert picture.remarks == (NO_FACE,)


@pytest.mark.parametrize("visibility", [0.0, 0.35])
def test_visibility_lets_the_given_picture_through(kit: FacesKit, visibility: float):
    given = photograph()
    whole = run(kit, given)[1].pixels.astype(float)
    part = run(kit, given, visibility=visibility)[1].pixels
    lost = given + visibility * (whole - given) - part
    assert lost.min() > -1e-3
    assert lost.max() < 1 + 1e-3


def test_alpha_stays_and_colours_beneath_it_are_restored(kit: FacesKit):
    alpha = np.random.default_rng(2).integers(0, 256, (256, 256, 1), dtype=np.uint8)
    _, picture = run(kit, np.concatenate([photograph(), alpha], axis=2), visibility=0.5)
    assert picture.pixels.shape == (256, 256, 4)
    assert np.array_equal(picture.pixels[:, :, 3:], alpha)
    assert np.array_equal(
        picture.pixels[:, :, :3], run(kit, photograph(), visibility=0.5)[1].pixels
    )


def test_sixteen_bits_stay_where_no_face_is(kit: FacesKit):
    low = np.random.default_rng(1).integers(0, 100, (256, 256, 3))
    deep = (photograph().astype(np.int64) * 257 + low).clip(0, 65535).astype(np.uint16)
    _, picture = run(kit, deep)
    assert picture.pixels.dtype == np.uint16
    assert np.array_equal(picture.pixels[:30], deep[:30])
    assert not np.array_equal(picture.pixels[120], deep[120])


def test_a_grey_picture_becomes_a_coloured_one(kit: FacesKit):
    grey = photograph().mean(axis=2, keepdims=True).astype(np.uint8)
    _, picture = run(kit, grey, weight=0.0)
    assert picture.pixels.shape == (256, 256, 3)
    assert picture.pixels[127, 128, 2] == 0


def test_the_colour_profile_is_kept(kit: FacesKit):
    request = Faces(image=Bitmap(np.zeros((9, 9, 3), dtype=np.uint8), profile=b"icc"))
    *_, picture = restore_faces(request, kit)
    assert picture.profile == b"icc"


@pytest.mark.parametrize("field", ["visibility", "weight", "confidence"])
@pytest.mark.parametrize("value", [float("nan"), -0.1, 1.1, "much"])
def test_settings_outside_zero_to_one_are_refused(field: str, value: object):
    with pytest.raises(RequestError, match=field):
        Faces(image=Bitmap(np.zeros((1, 1, 3), dtype=np.uint8)), **{field: value})
