"""Masks of faces, for a pass that paints each of them anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from velatura.faces.face import Face

GROWTH = 1.1
"""The ellipse is so much larger than one inscribed in the face's box."""


def face_masks(faces: Sequence[Face], size: tuple[int, int]) -> list[NDArray[np.uint8]]:
    """For each face a mask, (h, w): white on an ellipse over the face's box, else black.

    A face whose box lies outside the picture gets a mask without white.

    Args:
        faces: The faces.
        size: Width and height of the picture.
    """
    return [_mask(face, *size) for face in faces]


def _mask(face: Face, width: int, height: int) -> NDArray[np.uint8]:
    left, top, right, bottom = face.box
    rows, columns = np.ogrid[:height, :width]
    across = (columns + 0.5 - (left + right) / 2) / ((right - left) / 2 * GROWTH)
    down = (rows + 0.5 - (top + bottom) / 2) / ((bottom - top) / 2 * GROWTH)
    return np.where(across**2 + down**2 <= 1, np.uint8(255), np.uint8(0))
