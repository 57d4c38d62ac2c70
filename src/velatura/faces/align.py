"""Bringing a face into the pose that restorers know, and back.

Points are complex numbers here: a similarity (turn, uniform scale, shift; no mirror image) is then
z -> a·z + b.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from velatura.faces.face import Face

    Pixels = NDArray[np.uint8]
    Points = NDArray[np.complex128]

SIDE = 512
"""Side of the square that restorers work on."""

TEMPLATE = np.array(
    [
        192.98138 + 239.94708j,
        318.90277 + 240.1936j,
        256.63416 + 314.01935j,
        201.26117 + 371.41043j,
        313.08905 + 371.15118j,
    ]
)
"""Where eyes, nose and corners of the mouth lie in it: the template of FFHQ (facexlib's)."""

BORDER = (132, 133, 135)
"""Red, green and blue of what lies outside the picture."""


@dataclass(frozen=True, slots=True)
class Similarity:
    """z -> turn·z + shift; |turn| is the scale."""

    turn: complex
    shift: complex

    def __call__(self, points: Points) -> Points:
        """The points' images."""
        return self.turn * points + self.shift

    @property
    def scale(self) -> float:
        """Length of an image by length of the original."""
        return abs(self.turn)

    @property
    def inverse(self) -> Similarity:
        """The way back."""
        return Similarity(1 / self.turn, -self.shift / self.turn)

    @property
    def matrix(self) -> NDArray[np.float64]:
        """The same for (x, y, 1), (2, 3)."""
        a, b = self.turn, self.shift
        return np.array([[a.real, -a.imag, b.real], [a.imag, a.real, b.imag]])


def to_template(face: Face) -> Similarity:
    """The similarity that takes a face's landmarks to the template, as most of them want it."""
    return fit_similarity(np.array([complex(*point) for point in face.landmarks]), TEMPLATE)


def fit_similarity(points: Points, targets: Points) -> Similarity:
    """A similarity by least median of squares, so that a wrong point has no say.

    Of the similarities through any two of the points, the one with the least median of squared
    distances tells which points agree; least squares over those gives the result. (Rousseeuw 1984;
    with the usual bound of 2.5 robust standard deviations.)

    Args:
        points: (n,), not all the same.
        targets: (n,), where each should go.
    """
    pairs = [list(pair) for pair in combinations(range(len(points)), 2)]
    candidates = [_exact(points[pair], targets[pair]) for pair in pairs]
    errors = [abs(candidate(points) - targets) for candidate in candidates]
    best = min(errors, key=lambda error: float(np.median(error)))
    deviation = 1.4826 * (1 + 5 / (len(points) - 2)) * float(np.median(best))
    agree = best <= max(2.5 * deviation, 1e-3)
    return _exact(points[agree], targets[agree])


def warp(pixels: Pixels, similarity: Similarity) -> Pixels:
    """A face in the standard pose, (512, 512, 3), bilinear.

    Args:
        pixels: uint8 RGB, (h, w, 3).
        similarity: From the picture to the template.
    """
    warped = cv2.warpAffine(
        pixels,
        similarity.matrix,
        (SIDE, SIDE),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=BORDER,
    )
    return warped.astype(np.uint8, copy=False)


def _exact(points: Points, targets: Points) -> Similarity:
    """The similarity of least squares; through both points where there are two."""
    centre, target = points.mean(), targets.mean()
    away, wanted = points - centre, targets - target
    spread = np.vdot(away, away).real
    turn = complex(np.vdot(away, wanted) / spread) if spread else 1 + 0j
    return Similarity(turn, complex(target - turn * centre))
