import cmath

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.faces.faces import face_at
from tests.faces.photograph import LANDMARKS, photograph
from velatura.faces.align import (
    BORDER,
    SIDE,
    TEMPLATE,
    Similarity,
    fit_similarity,
    to_template,
    warp,
)

SIMILARITIES = st.builds(
    lambda scale, angle, x, y: Similarity(cmath.rect(scale, angle), complex(x, y)),
    st.floats(0.05, 8),
    st.floats(-3, 3),
    st.floats(-500, 500),
    st.floats(-500, 500),
)


@given(SIMILARITIES)
def test_a_similarity_is_found_again_from_five_points(similarity: Similarity):
    fitted = fit_similarity(similarity(TEMPLATE), TEMPLATE)
    assert np.allclose(fitted(similarity(TEMPLATE)), TEMPLATE, atol=1e-6)
    assert fitted.scale == pytest.approx(1 / similarity.scale)


@given(SIMILARITIES, st.integers(0, 4), st.floats(0, 6.28))
def test_one_wrong_landmark_of_five_has_no_say(similarity: Similarity, wrong: int, angle: float):
    points = similarity(TEMPLATE)
    points[wrong] += similarity.turn * cmath.rect(80, angle)
    fitted = fit_similarity(points, TEMPLATE)
    assert np.allclose(fitted(similarity(TEMPLATE)), TEMPLATE, atol=1e-6)


@given(SIMILARITIES)
def test_the_inverse_leads_back(similarity: Similarity):
    assert np.allclose(similarity.inverse(similarity(TEMPLATE)), TEMPLATE, atol=1e-6)


@given(SIMILARITIES)
def test_the_matrix_says_the_same(similarity: Similarity):
    points = np.stack([TEMPLATE.real, TEMPLATE.imag, np.ones(5)])
    x, y = similarity.matrix @ points
    assert np.allclose(x + 1j * y, similarity(TEMPLATE))


def test_landmarks_that_fall_together_still_give_an_invertible_similarity():
    fitted = fit_similarity(np.full(5, 3 + 4j), TEMPLATE)
    assert np.isfinite(fitted.inverse.matrix).all()


def test_a_face_already_in_pose_is_left_as_it_is():
    similarity = to_template(face_at(Similarity(1, 0)))
    picture = np.random.default_rng(1).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
    assert np.array_equal(warp(picture, similarity), picture)


def test_outside_the_picture_lies_the_border_colour_red_first():
    picture = np.zeros((100, 100, 3), dtype=np.uint8)
    warped = warp(picture, Similarity(1, 200 + 200j))
    assert warped[0, 0].tolist() == list(BORDER)
    assert warped[250, 250].tolist() == [0, 0, 0]


def test_eyes_of_a_photograph_come_to_the_eyes_of_the_template():
    points = np.array([complex(*point) for point in LANDMARKS])
    placed = fit_similarity(points, TEMPLATE)(points)
    assert np.abs(placed - TEMPLATE).max() < 20
    warped = warp(photograph(), fit_similarity(points, TEMPLATE))
    skin, pupil = warped[300, 200].astype(int), warped[240, 193].astype(int)
    assert skin.sum() > pupil.sum() + 150
