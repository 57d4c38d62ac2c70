"""Where the tensors of a model file lie, without their values.

Finding, naming and recognising a model needs only names, shapes and offsets. This file knows no
torch, so that ``velatura models`` and the server can list models without it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ITEM_BYTES: Mapping[str, int] = {
    "F64": 8,
    "F32": 4,
    "F16": 2,
    "BF16": 2,
    "F8_E4M3": 1,
    "F8_E5M2": 1,
    "I64": 8,
    "I32": 4,
    "I16": 2,
    "I8": 1,
    "U64": 8,
    "U32": 4,
    "U16": 2,
    "U8": 1,
    "BOOL": 1,
}
"""Bytes an element takes, by the safetensors name of its type."""

MAX_DIMENSIONS = 16


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """One tensor inside a file.

    Attributes:
        path: The file.
        dtype: Element type, a key of :data:`ITEM_BYTES`.
        shape: Its sizes.
        offset: Byte in the file where the first element lies.
        strides: Elements from one index to the next, per dimension; None is row-major.
    """

    path: Path
    dtype: str
    shape: tuple[int, ...]
    offset: int
    strides: tuple[int, ...] | None = None

    @property
    def item_bytes(self) -> int:
        """Bytes an element takes."""
        return ITEM_BYTES[self.dtype]

    @property
    def span(self) -> int:
        """Elements from the first to the last one, both included; 0 for an empty tensor."""
        if self.strides is None:
            return math.prod(self.shape)
        if 0 in self.shape:
            return 0
        steps = zip(self.shape, self.strides, strict=True)
        return 1 + sum((size - 1) * stride for size, stride in steps)


@dataclass(frozen=True, slots=True)
class WeightFile:
    """The table of contents of a model file.

    Attributes:
        path: The file, or the folder in the diffusers layout.
        tensors: Name -> where it lies.
        metadata: Free text that the writer left (safetensors only).
    """

    path: Path
    tensors: Mapping[str, StoredTensor]
    metadata: Mapping[str, str]

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Name -> shape."""
        return {name: tensor.shape for name, tensor in self.tensors.items()}
