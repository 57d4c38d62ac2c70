from __future__ import annotations

import numpy as np
import pytest

from velatura.adjust.brightness_contrast import map_brightness_contrast
from velatura.records import BrightnessContrast

TONES = np.array([0, 0.25, 0.5, 0.75, 1])


@pytest.mark.parametrize(
    ("brightness", "contrast", "made"),
    [
        (-1, 0, TONES / 2),
        (1, 0, 0.5 + TONES / 2),
        (0, -1, np.full(5, 0.5)),
        (0, 0.5, (TONES - 0.5) * np.tan(np.pi * 3 / 8) + 0.5),
    ],
)
def test_known_values(brightness, contrast, made):
    adjustment = BrightnessContrast(brightness=brightness, contrast=contrast)
    assert map_brightness_contrast(adjustment, TONES) == pytest.approx(made)


def test_full_contrast_leaves_black_and_white_and_the_middle():
    made = np.clip(map_brightness_contrast(BrightnessContrast(contrast=1), TONES), 0, 1)
    assert made.tolist() == [0, 0, 0.5, 1, 1]
