"""The face restorers there are. Their weights are not packaged: people bring them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Restore(Protocol):
    """A restorer at work."""

    def __call__(self, face: NDArray[np.uint8], weight: float) -> NDArray[np.uint8]:
        """A face in the standard pose, uint8 RGB (512, 512, 3), restored.

        Args:
            face: The face.
            weight: How faithful to stay, 0 to 1, where the restorer knows such a thing.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceRestorer:
    """An entry of ``RESTORERS``.

    Attributes:
        label: The field's name for it; its files' names begin with it, in any case.
        file: What its file is usually called.
        folder: The folder of models where it belongs.
        licence: What its weights may be used for.
        extra: The extra of Velatura's that installs what runs it.
        summary: One line for a menu.
    """

    label: str
    file: str
    folder: str
    licence: str
    extra: str
    summary: str


RESTORERS: dict[str, FaceRestorer] = {
    entry.label: entry
    for entry in (
        FaceRestorer(
            label="CodeFormer",
            file="codeformer-v0.1.0.pth",
            folder="Codeformer",
            licence="S-Lab License 1.0, non-commercial use only",
            extra="codeformer",
            summary="From far gone to faithful, as its weight says",
        ),
        FaceRestorer(
            label="GFPGAN",
            file="GFPGANv1.4.pth",
            folder="GFPGAN",
            licence="Apache License 2.0",
            extra="spandrel",
            summary="Smooth and quick",
        ),
    )
}
"""Face restorers by name."""
