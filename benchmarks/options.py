"""What the measurements are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Settings of a run.

    Attributes:
        folder: For files that last as long as the run.
        checkpoint: The large model file.
        size: Width and height of the large model's pictures, in pixels.
        steps: Sampling steps of the large model's pictures.
        repeats: How often everything is measured.
        compiled: Whether the network compiled takes part, which takes minutes.
    """

    folder: Path
    checkpoint: Path
    size: int
    steps: int
    repeats: int
    compiled: bool = False
