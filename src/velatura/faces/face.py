"""A face in a picture: where it is, how sure that is, and its five landmarks."""

from __future__ import annotations

import math
from dataclasses import dataclass

Point = tuple[float, float]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """A face that was found. Coordinates are pixels, x to the right, y down.

    Attributes:
        box: Left, top, right and bottom; may reach beyond the picture.
        score: How sure the detector is, 0 to 1.
        landmarks: Left eye, right eye, nose, left and right corner of the mouth; left as the
            beholder sees it.
    """

    box: Box
    score: float
    landmarks: tuple[Point, Point, Point, Point, Point]

    @property
    def eye_distance(self) -> float:
        """From eye to eye, in pixels."""
        return math.dist(self.landmarks[0], self.landmarks[1])
