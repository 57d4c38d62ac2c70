import numpy as np
import pytest
import torch
from PIL import Image

from tests.faces.photograph import LANDMARKS, on_canvas, photograph, turned
from velatura.faces.detect import find_faces
from velatura.models.faces.mtcnn import FaceNetworks, load_face_networks


@pytest.fixture(scope="module")
def networks() -> FaceNetworks:
    return load_face_networks()


def found_in(pixels: np.ndarray, networks: FaceNetworks, confidence: float = 0.9):
    with torch.inference_mode():
        return find_faces(pixels, networks, confidence)


def test_a_face_is_found_with_its_eyes_nose_and_mouth(networks: FaceNetworks):
    (face,) = found_in(photograph(), networks)
    assert face.score > 0.98
    assert np.allclose(face.landmarks, LANDMARKS, atol=3)
    assert face.eye_distance == pytest.approx(43.4, abs=2)
    left, top, right, bottom = face.box
    assert 75 < left < 95
    assert 50 < top < 75
    assert 160 < right < 180
    assert 165 < bottom < 185  # hair to chin, ear to ear


def test_every_face_is_found_once_and_the_surest_comes_first(networks: FaceNetworks):
    small = np.asarray(Image.fromarray(photograph()).resize((128, 128), Image.Resampling.LANCZOS))
    canvas = on_canvas(photograph(), 640, 400, 20, 40)
    canvas[100:228, 400:528] = small
    faces = found_in(canvas, networks)
    assert len(faces) == 2
    assert faces[0].score >= faces[1].score
    eyes = sorted(face.landmarks[0] for face in faces)
    assert np.allclose(eyes, [(127.2, 141.2), (453.6, 150.6)], atol=3)


@pytest.mark.parametrize("degrees", [-20, 15])
def test_a_head_may_be_tilted(networks: FaceNetworks, degrees: float):
    tilted = np.asarray(Image.fromarray(photograph()).rotate(degrees, Image.Resampling.BICUBIC))
    (face,) = found_in(tilted, networks)
    expected = turned(np.array(LANDMARKS), degrees, 127.5)
    assert np.allclose(face.landmarks, expected, atol=5)


def test_small_and_huge_pictures_are_searched_at_a_size_that_suits(networks: FaceNetworks):
    picture = Image.fromarray(photograph())
    for side in (72, 3000):
        scaled = np.asarray(picture.resize((side, side), Image.Resampling.BICUBIC))
        (face,) = found_in(scaled, networks)
        assert np.allclose(np.array(face.landmarks) * 256 / side, LANDMARKS, atol=4)


def test_a_face_that_reaches_beyond_the_picture_is_found(networks: FaceNetworks):
    (face,) = found_in(photograph()[60:, 90:], networks)
    assert np.allclose(face.landmarks[1], (60.6, 43.1), atol=4)


def test_faces_of_less_than_five_pixels_between_the_eyes_are_left_out(networks: FaceNetworks):
    tiny = np.asarray(Image.fromarray(photograph()).resize((28, 28), Image.Resampling.LANCZOS))
    assert found_in(tiny, networks, confidence=0.3) == ()


@pytest.mark.parametrize("shape", [(1, 1), (1, 3000), (3000, 1), (11, 13)])
def test_pictures_without_room_for_a_face_have_none(networks: FaceNetworks, shape: tuple[int, int]):
    assert found_in(np.full((*shape, 3), 200, dtype=np.uint8), networks) == ()


def test_noise_and_plain_areas_hold_no_face(networks: FaceNetworks):
    noise = np.random.default_rng(1).integers(0, 256, (200, 200, 3), dtype=np.uint8)
    assert found_in(noise, networks) == ()
    assert found_in(np.zeros((200, 200, 3), dtype=np.uint8), networks) == ()


def test_a_lower_bar_lets_more_through(networks: FaceNetworks):
    (face,) = found_in(photograph(), networks)
    assert found_in(photograph(), networks, confidence=min(1.0, face.score + 0.001)) == ()
    assert len(found_in(photograph(), networks, confidence=0.1)) >= 1
