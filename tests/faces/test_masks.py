import numpy as np

from velatura.faces.face import Box, Face
from velatura.faces.masks import face_masks

POINT = (0.0, 0.0)


def face_in(box: Box) -> Face:
    return Face(box=box, score=1.0, landmarks=(POINT, POINT, POINT, POINT, POINT))


def test_each_face_gets_an_ellipse_a_little_larger_than_one_in_its_box():
    masks = face_masks([face_in((20, 30, 60, 90)), face_in((70, 0, 90, 20))], (100, 120))
    assert [mask.shape for mask in masks] == [(120, 100), (120, 100)]
    first = masks[0]
    assert set(np.unique(first)) == {0, 255}
    rows, columns = np.nonzero(first)
    assert (columns.min(), columns.max(), rows.min(), rows.max()) == (18, 61, 27, 92)
    assert abs((first == 255).sum() - np.pi * 22 * 33) < 30
    assert not (first & masks[1]).any()


def test_a_face_beyond_the_edge_is_masked_as_far_as_the_picture_goes():
    (mask,) = face_masks([face_in((-20, -20, 20, 20))], (50, 50))
    assert mask[0, 0] == 255
    assert mask[40, 40] == 0
    assert not face_masks([face_in((100, 100, 120, 120))], (50, 50))[0].any()
