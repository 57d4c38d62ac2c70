import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from velatura.faces.boxes import moved, squared, suppress

SIDES = st.floats(1, 50)
PLACES = st.floats(-100, 100)
BOXES = st.lists(
    st.tuples(PLACES, PLACES, SIDES, SIDES).map(lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3])),
    max_size=12,
).map(lambda boxes: np.array(boxes, dtype=float).reshape(-1, 4))


def test_the_better_of_two_overlapping_boxes_stays():
    boxes = np.array([[0, 0, 10, 10], [1, 0, 11, 10], [20, 0, 30, 10]], dtype=float)
    assert suppress(boxes, np.array([0.8, 0.9, 0.1]), 0.5).tolist() == [1, 2]


def test_overlap_is_common_area_by_union_or_by_the_smaller_box():
    boxes = np.array([[0, 0, 10, 10], [0, 0, 5, 10]], dtype=float)  # 50 common, 100 in union
    scores = np.array([0.9, 0.8])
    assert suppress(boxes, scores, 0.5).tolist() == [0, 1]
    assert suppress(boxes, scores, 0.49).tolist() == [0]
    assert suppress(boxes, scores, 0.99, "smaller").tolist() == [0]


@given(BOXES)
def test_survivors_do_not_overlap_and_suppressing_again_changes_nothing(boxes: np.ndarray):
    scores = np.linspace(1, 0, len(boxes))
    kept = suppress(boxes, scores, 0.3)
    assert suppress(boxes[kept], scores[kept], 0.3).tolist() == list(range(len(kept)))
    assert len(kept) == 0 or kept[0] == 0


def test_offsets_are_in_units_of_the_box():
    boxes = np.array([[0, 0, 10, 20]], dtype=float)
    offsets = np.array([[0.1, 0.1, -0.1, 0.5]])
    assert moved(boxes, offsets).tolist() == [[1, 2, 9, 30]]


def test_a_square_keeps_the_centre_and_the_longer_side():
    assert squared(np.array([[0, 0, 10, 20]], dtype=float)).tolist() == [[-5, 0, 15, 20]]
