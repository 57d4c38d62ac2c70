"""Finding faces: the three-stage cascade of Zhang et al. 2016 (arXiv:1604.02878), "MTCNN".

A small network slides over a pyramid of sizes and proposes boxes, a second one refines them, a
third one judges what is left and places five landmarks. The networks themselves come from
outside (:class:`Networks`); the arithmetic between them is here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import cv2
import numpy as np

from velatura.faces.boxes import moved, squared, suppress
from velatura.faces.face import Face

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from velatura.faces.boxes import Floats
    from velatura.faces.face import Point

    Pixels = NDArray[np.uint8]

CELL = 12
"""Side of the window that the first network looks through, in pixels."""

STRIDE = 2
"""From one window to the next."""

REFINED_SIDE, JUDGED_SIDE = 24, 48
"""Sides of the crops that the second and the third network look at."""

FIRST_SCALE = 0.6
"""Where the pyramid begins: the smallest faces looked for are 20 pixels wide."""

PYRAMID_STEP = 0.709
"""From one size of the pyramid to the next: halves the area."""

SHORT_SIDE, LONG_SIDE = 640, 2560
"""The picture is brought to this short side first, unless the long one became longer than that."""

PROPOSED, REFINED = 0.6, 0.7
"""How sure the first two networks must be, 0 to 1."""

LOOSEST = 0.1
"""Still lower, they would let everything pass."""

SMALLEST_EYE_DISTANCE = 5.0
"""Faces whose eyes are closer, in pixels of the picture, hold nothing to restore."""


class Networks(Protocol):
    """The three networks. Pixels are uint8 RGB; scores 0 to 1; offsets in units of the window."""

    def propose(self, pixels: Pixels) -> tuple[Floats, Floats]:
        """For every window over (h, w, 3): scores (rows, columns), offsets (rows, columns, 4)."""
        ...

    def refine(self, crops: Pixels) -> tuple[Floats, Floats]:
        """For crops (n, 24, 24, 3): scores (n,) and offsets (n, 4)."""
        ...

    def judge(self, crops: Pixels) -> tuple[Floats, Floats, Floats]:
        """For crops (n, 48, 48, 3): scores (n,), offsets (n, 4) and landmarks (n, 5, 2)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    boxes: Floats
    scores: Floats

    def best(self, limit: float) -> _Found:
        kept = suppress(self.boxes, self.scores, limit)
        return _Found(boxes=self.boxes[kept], scores=self.scores[kept])


def find_faces(pixels: Pixels, networks: Networks, confidence: float = 0.9) -> tuple[Face, ...]:
    """The faces in a picture, the surest first.

    Args:
        pixels: uint8 RGB, (h, w, 3), of any size.
        networks: The three networks.
        confidence: How sure the last network must be, 0 to 1. Below what the first two need to be
            for photographs, they let more through as well.
    """
    height, width = pixels.shape[:2]
    scale = min(SHORT_SIDE / min(height, width), LONG_SIDE / max(height, width))
    scaled = _resized(pixels, max(1, round(height * scale)), max(1, round(width * scale)))
    proposed = _proposed(scaled, networks, max(LOOSEST, min(confidence, PROPOSED)))
    refined = _refined(scaled, networks, max(LOOSEST, min(confidence, REFINED)), proposed)
    factor = np.array([width / scaled.shape[1], height / scaled.shape[0]])
    faces = (_face(*parts, factor) for parts in _judged(scaled, networks, confidence, refined))
    return tuple(face for face in faces if face.eye_distance >= SMALLEST_EYE_DISTANCE)


def _proposed(pixels: Pixels, networks: Networks, threshold: float) -> _Found:
    """What the first network sees at any size, as squares."""
    found = [_proposed_at(level, networks, threshold, scale) for scale, level in _pyramid(pixels)]
    everything = _Found(
        boxes=np.concatenate([np.empty((0, 4)), *(one.boxes for one in found)]),
        scores=np.concatenate([np.empty(0), *(one.scores for one in found)]),
    )
    return everything.best(0.7)


def _pyramid(pixels: Pixels) -> Iterator[tuple[float, Pixels]]:
    """The picture at ever smaller scales, as long as a window fits in."""
    height, width = pixels.shape[:2]
    scale = FIRST_SCALE
    while min(height, width) * scale >= CELL:
        yield scale, _resized(pixels, int(height * scale), int(width * scale))
        scale *= PYRAMID_STEP


def _proposed_at(pixels: Pixels, networks: Networks, threshold: float, scale: float) -> _Found:
    scores, offsets = networks.propose(pixels)
    rows, columns = np.nonzero(scores >= threshold)
    corners = np.stack([columns, rows], axis=1).astype(np.float64) * STRIDE
    boxes = np.concatenate([corners, corners + CELL], axis=1) / scale
    kept = suppress(boxes, scores[rows, columns], 0.5)
    rows, columns = rows[kept], columns[kept]
    return _Found(boxes=moved(boxes[kept], offsets[rows, columns]), scores=scores[rows, columns])


def _refined(pixels: Pixels, networks: Networks, threshold: float, found: _Found) -> _Found:
    if not found.scores.size:
        return found
    boxes = np.rint(squared(found.boxes))
    scores, offsets = networks.refine(_crops(pixels, boxes, REFINED_SIDE))
    sure = scores >= threshold
    return _Found(boxes=moved(boxes[sure], offsets[sure]), scores=scores[sure]).best(0.7)


def _judged(
    pixels: Pixels, networks: Networks, threshold: float, found: _Found
) -> Iterator[tuple[Floats, float, Floats]]:
    """Box, score and landmarks of each face, the surest first."""
    if not found.scores.size:
        return
    squares = np.rint(squared(found.boxes))
    scores, offsets, points = networks.judge(_crops(pixels, squares, JUDGED_SIDE))
    boxes = moved(squares, offsets)
    size = squares[:, None, 2:] - squares[:, None, :2]
    landmarks = squares[:, None, :2] + points * size
    sure = np.nonzero(scores >= threshold)[0]
    for i in sure[suppress(boxes[sure], scores[sure], 0.7, "smaller")]:
        yield boxes[i], float(scores[i]), landmarks[i]


def _face(box: Floats, score: float, landmarks: Floats, factor: Floats) -> Face:
    """The face in the coordinates of the picture that was given."""
    left, top, right, bottom = (box.reshape(2, 2) * factor).ravel().tolist()
    points: list[Point] = [(x, y) for x, y in (landmarks * factor).tolist()]
    eye, other_eye, nose, mouth, other_mouth = points
    return Face(
        box=(left, top, right, bottom),
        score=score,
        landmarks=(eye, other_eye, nose, mouth, other_mouth),
    )


def _crops(pixels: Pixels, boxes: Floats, side: int) -> Pixels:
    """The squares of a picture, (n, side, side, 3); what lies outside it is black."""
    return np.stack([_resized(_crop(pixels, box), side, side) for box in boxes.astype(int)])


def _crop(pixels: Pixels, box: NDArray[np.int64]) -> Pixels:
    height, width = pixels.shape[:2]
    left, top, right, bottom = box.tolist()
    crop = np.zeros((max(1, bottom - top), max(1, right - left), 3), dtype=np.uint8)
    inner = pixels[max(0, top) : min(height, bottom), max(0, left) : min(width, right)]
    row, column = max(0, -top), max(0, -left)
    crop[row : row + inner.shape[0], column : column + inner.shape[1]] = inner
    return crop


def _resized(pixels: Pixels, height: int, width: int) -> Pixels:
    """Averages over areas where the picture shrinks, Lanczos where it grows."""
    is_larger = height * width > pixels.shape[0] * pixels.shape[1]
    kernel = cv2.INTER_LANCZOS4 if is_larger else cv2.INTER_AREA
    return cv2.resize(pixels, (width, height), interpolation=kernel).astype(np.uint8, copy=False)
