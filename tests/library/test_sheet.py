from __future__ import annotations

import numpy as np
import pytest

from velatura.errors import RequestError
from velatura.library import contact_sheet


def flat(value: int, width: int = 16, height: int = 8) -> np.ndarray:
    return np.full((height, width, 3), value, np.uint8)


@pytest.mark.parametrize(
    ("count", "rows", "columns"), [(1, 1, 1), (2, 1, 2), (3, 2, 2), (4, 2, 2), (6, 2, 3), (7, 3, 3)]
)
def test_rows_are_the_rounded_root(count: int, rows: int, columns: int) -> None:
    assert contact_sheet([flat(0)] * count).shape == (rows * 8, columns * 16, 3)


def test_pictures_stand_in_their_order() -> None:
    sheet = contact_sheet([flat(10), flat(20), flat(30)], columns=2)
    assert sheet.shape == (16, 32, 3)
    assert (sheet[:8, :16] == 10).all()
    assert (sheet[:8, 16:] == 20).all()
    assert (sheet[8:, :16] == 30).all()
    assert (sheet[8:, 16:] == 255).all()


def test_smaller_pictures_stand_in_the_middle() -> None:
    sheet = contact_sheet([flat(0, 20, 20), flat(0, 10, 10)])
    assert sheet.shape == (20, 40, 3)
    assert (sheet[5:15, 25:35] == 0).all()
    assert sheet[:, 20:].mean() > 127


def test_labels_stand_below_and_are_cut_to_fit() -> None:
    plain = contact_sheet([flat(0, 64, 32)] * 2)
    labelled = contact_sheet([flat(0, 64, 32)] * 2, labels=["seed 1", "a very long label " * 500])
    assert labelled.shape[0] == plain.shape[0] + 20
    np.testing.assert_array_equal(labelled[:32], plain)
    strip = labelled[32:]
    assert strip[:, :64].min() < 128
    assert strip[:, 64:].min() < 128


def test_more_columns_than_pictures_leave_no_gap() -> None:
    assert contact_sheet([flat(0)], columns=5).shape == (8, 16, 3)


def test_no_pictures_are_refused() -> None:
    with pytest.raises(RequestError, match="at least one"):
        contact_sheet([])
