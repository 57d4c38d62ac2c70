"""Tensors out of model files.

Each tensor is read straight into its own memory and converted there, one after another, the next
ones being read meanwhile: a file is never held twice, needs no more address space than its tensors,
and may be replaced on disk while the model runs (a memory map would then change the weights of the
running model, or end it).
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from itertools import groupby
from typing import TYPE_CHECKING, Any, cast

import torch

from velatura.errors import BrokenModel

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Mapping
    from typing import BinaryIO

    from torch import Tensor

    from velatura.models.stored import StoredTensor

DTYPES: Mapping[str, torch.dtype] = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "F8_E4M3": torch.float8_e4m3fn,
    "F8_E5M2": torch.float8_e5m2,
    "I64": torch.int64,
    "I32": torch.int32,
    "I16": torch.int16,
    "I8": torch.int8,
    "U64": torch.uint64,
    "U32": torch.uint32,
    "U16": torch.uint16,
    "U8": torch.uint8,
    "BOOL": torch.bool,
}
"""The safetensors name of an element type -> torch's."""

AHEAD = 4
"""Tensors that are read while one is converted; the largest of SD 1.5 takes 76 MB as stored."""


def read_tensors(
    stored: Mapping[str, StoredTensor],
    *,
    dtype: torch.dtype | None = None,
    device: torch.device | str = "cpu",
) -> dict[str, Tensor]:
    """The values of ``stored``, in the order they lie on disk.

    Args:
        stored: Name -> place.
        dtype: Type to convert every tensor to; None keeps each file's own.
        device: Where the tensors shall live.

    Raises:
        BrokenModel: if a file ends before its tensors do.
    """
    entries = sorted(stored.items(), key=lambda entry: (entry[1].path, entry[1].offset))
    tensors: dict[str, Tensor] = {}
    for path, group in groupby(entries, key=lambda entry: entry[1].path):
        with path.open("rb", buffering=0) as file, closing(_read_ahead(file, group)) as read:
            for name, values in read:
                tensors[name] = values.to(device=device, dtype=dtype)
    return tensors


def _read_ahead(
    file: BinaryIO, entries: Iterable[tuple[str, StoredTensor]]
) -> Generator[tuple[str, Tensor]]:
    """The values of each, in turn; another thread reads the next ones meanwhile."""
    waiting: deque[tuple[str, Future[Tensor]]] = deque()
    reader = ThreadPoolExecutor(1)
    try:
        for name, place in entries:
            waiting.append((name, reader.submit(_read, file, place)))
            if len(waiting) > AHEAD:
                yield _first(waiting)
        while waiting:
            yield _first(waiting)
    finally:
        reader.shutdown(cancel_futures=True)


def _first(waiting: deque[tuple[str, Future[Tensor]]]) -> tuple[str, Tensor]:
    name, values = waiting.popleft()
    return name, values.result()


def _read(file: BinaryIO, place: StoredTensor) -> Tensor:
    values = torch.empty(place.span, dtype=DTYPES[place.dtype])
    buffer = memoryview(cast("Any", values.view(torch.uint8).numpy())) if place.span else b""
    file.seek(place.offset)
    filled = 0
    while filled < len(buffer):
        count = file.readinto(buffer[filled:])  # pyright: ignore[reportAttributeAccessIssue]
        if not count:
            raise BrokenModel(f"{place.path}: ends before its tensors do; download it again")
        filled += count
    if place.strides is None:
        return values.reshape(place.shape)
    return values.as_strided(place.shape, place.strides).contiguous()
