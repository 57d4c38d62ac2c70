"""What the measurements are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a step paints: so many pictures at once, sides in pixels."""

    width: int
    height: int
    batch: int = 1

    def __str__(self) -> str:
        size = f"{self.width}×{self.height}"
        return size if self.batch == 1 else f"{self.batch} of {size}"

    @classmethod
    def parse(cls, text: str) -> Shape:
        """A shape from words such as "512x832" or, for four of them, "512x832x4".

        Raises:
            ValueError: if it is not two or three numbers.
        """
        width, height, batch = map(int, (text if text.count("x") > 1 else f"{text}x1").split("x"))
        return cls(width=width, height=height, batch=batch)


SHAPES = (Shape(width=512, height=512), Shape(width=512, height=832))


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Settings of a run.

    Attributes:
        folder: For files that last as long as the run.
        checkpoint: The large model file.
        size: Width and height of the large model's pictures, in pixels.
        steps: Sampling steps of the large model's pictures.
        repeats: How often everything is measured.
        strength: The large model paints over a picture, with this strength; None paints afresh.
        shapes: What the measured steps paint.
        against: Who takes part beside diffusers: keys of :data:`benchmarks.rivals.RIVALS`.
    """

    folder: Path
    checkpoint: Path
    size: int
    steps: int
    repeats: int
    strength: float | None = None
    shapes: tuple[Shape, ...] = SHAPES
    against: frozenset[str] = frozenset()
