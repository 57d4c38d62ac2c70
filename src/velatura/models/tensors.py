"""Tensors out of model files.

A file is read piece by piece into a few buffers that are used again and again, and each piece is
copied from there to its tensor, converted on the way, while the next ones are read. So nothing of a
file is held twice, no memory is touched first that is let go right after (which costs as much as
the reading), and a card takes the pieces as fast as it can. The file may be replaced on disk while
the model runs; a memory map would then change the weights of the running model, or end it.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import torch

from velatura.errors import BrokenModel

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Mapping
    from concurrent.futures import Future
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

PIECE = 2 * 2**20
"""Bytes read at once: few enough to be still in the processor's cache when they are converted."""

BUFFERS = 32
"""Pieces that are read or wait while one is converted, that one included. Many pieces are biases:
of fewer in line, often none would be large, and the disk would stand still."""

GRAIN = 30 * 2**10
"""Elements converted at once on a processor: few enough for PyTorch to do it in one thread. Others
would wait for their next part busily, on the core that the reading needs."""


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
    device = torch.device(device)
    entries = sorted(stored.items(), key=lambda entry: (entry[1].path, entry[1].offset))
    tensors: dict[str, Tensor] = {}
    for path, group in groupby(entries, key=lambda entry: entry[1].path):
        with path.open("rb", buffering=0) as file:
            pieces = _pieces(group, dtype, device)
            with closing(_read_ahead(file, pieces, device)) as read:
                for piece, values in read:
                    piece.fill(values)
                    if piece.stop == len(piece.span):
                        tensors[piece.name] = _shaped(piece.span, piece.place)
    return tensors


class _Piece(NamedTuple):
    """A part of a tensor: ``span`` takes its elements, of which this are some."""

    name: str
    place: StoredTensor
    span: Tensor
    start: int
    stop: int

    def fill(self, values: Tensor) -> None:
        """Copy the values to where they go."""
        target = self.span[self.start : self.stop]
        if not target.is_cpu:
            target.copy_(values)
            return
        for part, given in zip(target.split(GRAIN), values.split(GRAIN), strict=True):
            part.copy_(given)


def _pieces(
    entries: Iterable[tuple[str, StoredTensor]], dtype: torch.dtype | None, device: torch.device
) -> Iterator[_Piece]:
    """Tensors in parts that fit a buffer, one at least, each tensor's memory made with its first.

    Not made before: what tensors of a hostile file span may be far more than what they are.
    """
    for name, place in entries:
        span = torch.empty(place.span, dtype=dtype or DTYPES[place.dtype], device=device)
        most = PIECE // place.item_bytes
        for start in range(0, max(1, place.span), most):
            yield _Piece(name, place, span, start, min(start + most, place.span))


def _read_ahead(
    file: BinaryIO, pieces: Iterable[_Piece], device: torch.device
) -> Generator[tuple[_Piece, Tensor]]:
    """Each piece with its values, which are good until the next one; others are read meanwhile."""
    pieces = iter(pieces)
    reader = ThreadPoolExecutor(1)
    waiting: deque[tuple[_Piece, Tensor, Future[Tensor]]] = deque()

    def ask(buffer: Tensor, piece: _Piece) -> None:
        waiting.append((piece, buffer, reader.submit(_read, file, piece, buffer)))

    try:
        for piece in islice(pieces, BUFFERS):
            # What a card copies from must not move; the system moves any other memory.
            pinned = device.type == "cuda"
            ask(torch.empty(PIECE, dtype=torch.uint8, pin_memory=pinned), piece)
        while waiting:
            piece, buffer, values = waiting.popleft()
            yield piece, values.result()
            for following in islice(pieces, 1):
                ask(buffer, following)
    finally:
        reader.shutdown(cancel_futures=True)


def _read(file: BinaryIO, piece: _Piece, buffer: Tensor) -> Tensor:
    """The values of a piece, in the buffer."""
    place = piece.place
    values = buffer[: (piece.stop - piece.start) * place.item_bytes]
    unfilled = memoryview(cast("Any", values.numpy()))
    file.seek(place.offset + piece.start * place.item_bytes)
    while unfilled:
        count = file.readinto(unfilled)  # pyright: ignore[reportAttributeAccessIssue]
        if not count:
            raise BrokenModel(f"{place.path}: ends before its tensors do; download it again")
        unfilled = unfilled[count:]
    return values.view(DTYPES[place.dtype])


def _shaped(span: Tensor, place: StoredTensor) -> Tensor:
    """The tensor whose elements, from the first to the last, are those."""
    if place.strides is None:
        return span.reshape(place.shape)
    return span.as_strided(place.shape, place.strides).contiguous()
