import cmath

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.faces.photograph import LANDMARKS, photograph
from velatura.faces.align import SIDE, TEMPLATE, Similarity, fit_similarity, warp
from velatura.faces.paste import blend, face_weight, paste

RED = np.full((SIDE, SIDE, 3), (255, 0, 0), dtype=np.uint8)
POSES = st.builds(
    lambda scale, angle, x, y: Similarity(cmath.rect(scale, angle), complex(x, y)),
    st.floats(0.3, 12),
    st.floats(-3, 3),
    st.floats(-600, 600),
    st.floats(-600, 600),
)


def noise(height: int, width: int, dtype: type = np.uint8) -> np.ndarray:
    limit = np.iinfo(dtype).max
    return np.random.default_rng(5).integers(0, limit, (height, width, 3), dtype, endpoint=True)


def weights(picture: np.ndarray, similarity: Similarity) -> np.ndarray:
    rows, columns = np.mgrid[: picture.shape[0], : picture.shape[1]]
    return face_weight(similarity(columns + 1j * rows))


def test_the_mask_is_full_on_the_landmarks_and_nothing_at_the_edge_of_the_square():
    assert (face_weight(TEMPLATE) == 1).all()
    edge = np.arange(SIDE)
    for side in (edge, edge + 511j, edge * 1j, edge * 1j + 511):
        assert (face_weight(side) == 0).all()


def test_the_mask_falls_off_steadily():
    falling = face_weight(256 + 288j + np.linspace(0, 200, 100))
    assert (np.diff(falling) <= 0).all()
    assert np.abs(np.diff(falling)).max() < 0.08


@given(POSES)
def test_every_pixel_outside_the_mask_keeps_its_bytes(similarity: Similarity):
    picture = noise(60, 80)
    pasted = paste(picture, RED, similarity)
    outside = weights(picture, similarity) == 0
    assert np.array_equal(pasted[outside], picture[outside])


@given(POSES)
def test_every_pixel_of_the_full_mask_is_the_face(similarity: Similarity):
    pasted = paste(noise(60, 80), RED, similarity)
    inside = weights(pasted, similarity) == 1
    assert (pasted[inside] == (255, 0, 0)).all()


def test_values_in_between_are_truncated():
    picture = np.full((SIDE, SIDE, 3), 100, dtype=np.uint8)
    similarity = Similarity(1, 0)
    expected = 100 + weights(picture, similarity).astype(float) * (255 - 100)
    lost = expected - paste(picture, RED, similarity)[:, :, 0]
    assert lost.min() > -1e-3
    assert 0.9 < lost.max() < 1 + 1e-3


def test_a_face_that_was_not_changed_pastes_back_nearly_unseen():
    picture = photograph()
    points = np.array([complex(*point) for point in LANDMARKS])
    similarity = fit_similarity(points, TEMPLATE)
    pasted = paste(picture, warp(picture, similarity), similarity)
    assert np.abs(pasted.astype(int) - picture).mean() < 0.5
    assert np.abs(pasted.astype(int) - picture).max() <= 24  # twice bilinear: a little softer


def test_sixteen_bits_stay_sixteen_bits():
    picture = noise(64, 64, np.uint16)
    pasted = paste(picture, RED, Similarity(8, 0))
    assert pasted.dtype == np.uint16
    assert pasted[36, 32].tolist() == [65535, 0, 0]
    assert np.array_equal(pasted[0], picture[0])


def test_a_face_outside_the_picture_changes_nothing():
    picture = noise(20, 20)
    assert np.array_equal(paste(picture, RED, Similarity(1, 5000 + 0j)), picture)


def test_the_input_is_never_written_to():
    picture = noise(40, 40)
    picture.flags.writeable = False
    assert not np.array_equal(paste(picture, RED, Similarity(12, 0)), picture)


@pytest.mark.parametrize("visibility", [0.0, 0.1, 0.3, 0.5, 0.77, 1.0])
def test_visibility_blends_as_pillow_does(visibility: float):
    before, after = noise(256, 256), noise(256, 256)[::-1]
    expected = Image.blend(Image.fromarray(before), Image.fromarray(after), visibility)
    assert np.array_equal(blend(before, after, visibility), np.asarray(expected))
