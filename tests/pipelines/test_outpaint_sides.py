from __future__ import annotations

import numpy as np
import pytest

from velatura.pipelines.outpaint_sides import count_sides
from velatura.records import Bitmap, Outpaint

PIXELS = np.zeros((64, 64, 3), np.uint8)


@pytest.mark.parametrize(("most_new", "goes"), [(0.75, 2), (1.0, 1), (0.25, 4)])
def test_a_side_grows_in_as_many_goes_as_leave_the_old_picture_in_sight(most_new, goes):
    request = Outpaint(image=Bitmap(PIXELS), right=64, width=64, height=64, most_new=most_new)
    assert count_sides(request, PIXELS) == goes
