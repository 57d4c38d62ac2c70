"""The table of contents of a ``.safetensors`` file, checked before anything is believed.

Format: eight bytes with the length of the header (little-endian), the header as JSON, then the
tensors' bytes without gaps (https://github.com/huggingface/safetensors#format).
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, cast

from velatura.errors import BrokenModel, UnsupportedModel
from velatura.models.stored import ITEM_BYTES, MAX_DIMENSIONS, StoredTensor, WeightFile

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MAX_HEADER_BYTES = 25_000_000
"""A quarter of what the format allows, and ten times what the largest models need."""


def read_safetensors(path: Path) -> WeightFile:
    """The names, shapes and places of a safetensors file's tensors.

    Raises:
        BrokenModel: if the file is shorter or longer than its header says, or the header is not
            one.
        UnsupportedModel: if it holds an element type we do not know.
    """
    header, start = read_header(path)
    metadata = cast("Mapping[str, object]", header.pop("__metadata__", None) or {})
    if not isinstance(metadata, dict) or not all(isinstance(v, str) for v in metadata.values()):
        raise BrokenModel(f"{path}: the safetensors metadata must be texts by name")
    size = path.stat().st_size - start
    tensors: dict[str, StoredTensor] = {}
    spans: list[tuple[int, int, str]] = []
    for name, entry in header.items():
        dtype, shape, begin, end = _read_entry(path, name, entry)
        tensors[name] = StoredTensor(path, dtype, shape, start + begin)
        spans.append((begin, end, name))
    _check_spans(path, spans, size)
    return WeightFile(path, tensors, cast("dict[str, str]", metadata))


def read_metadata(path: Path) -> dict[str, str]:
    """The free texts in the header; empty if there are none.

    Raises:
        BrokenModel: if the file has no readable header.
    """
    metadata = read_header(path)[0].get("__metadata__")
    if not isinstance(metadata, dict):
        return {}
    texts = cast("dict[str, object]", metadata)
    return {name: text for name, text in texts.items() if isinstance(text, str)}


def read_header(path: Path) -> tuple[dict[str, Any], int]:
    """The header as it stands, and the byte where the tensors begin.

    Raises:
        BrokenModel: if the file is too short, or the header is not a JSON object.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if size < 8 or length > min(MAX_HEADER_BYTES, size - 8):
            raise BrokenModel(
                f"{path}: not a complete safetensors file: its header should take {length} bytes, "
                f"the file has {size}; download it again"
            )
        text = file.read(length)
    try:
        header = json.loads(text, object_pairs_hook=_without_duplicates)
    except (ValueError, RecursionError) as error:
        raise BrokenModel(f"{path}: the safetensors header cannot be read: {error}") from error
    if not isinstance(header, dict):
        raise BrokenModel(f"{path}: the safetensors header must be a JSON object")
    return cast("dict[str, Any]", header), 8 + length


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        raise ValueError("a name occurs twice")
    return table


def _read_entry(path: Path, name: str, entry: Any) -> tuple[str, tuple[int, ...], int, int]:  # noqa: ANN401
    """A header entry as (dtype, shape, first byte, byte after the last)."""
    try:
        dtype, shape, (begin, end) = entry["dtype"], tuple(entry["shape"]), entry["data_offsets"]
    except (KeyError, TypeError, ValueError) as error:
        raise BrokenModel(f"{path}: the header's entry for {name!r} is incomplete") from error
    if dtype not in ITEM_BYTES:
        raise UnsupportedModel(f"{path}: {name!r} has elements of unknown type {dtype!r}")
    numbers = (*shape, begin, end)
    if len(shape) > MAX_DIMENSIONS or not all(type(n) is int and n >= 0 for n in numbers):
        raise BrokenModel(f"{path}: {name!r} has an impossible shape or place")
    if end - begin != math.prod(shape) * ITEM_BYTES[dtype]:
        raise BrokenModel(f"{path}: {name!r} does not have as many bytes as its shape needs")
    return dtype, shape, begin, end


def _check_spans(path: Path, spans: list[tuple[int, int, str]], size: int) -> None:
    """Refuse tensors that overlap, leave gaps, or do not end with the file."""
    position = 0
    for begin, end, name in sorted(spans):
        if begin != position:
            raise BrokenModel(f"{path}: {name!r} overlaps another tensor or follows a gap")
        position = end
    if position != size:
        raise BrokenModel(
            f"{path}: the tensors should take {position} bytes, the file has {size}: "
            "it is not complete; download it again"
        )
