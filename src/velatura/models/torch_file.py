"""What ``torch.save`` wrote, as a table of contents. Nothing in the file is executed.

Two containers: a zip archive whose members are one pickle and the raw storages (torch 1.6 and
later), and five pickles in a row with the storages behind them (before). Tensors are not read here;
their places in the file are found, and checked against its size.
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from velatura.errors import BrokenModel, UnsafeModel, UnsupportedModel
from velatura.models.pickle_data import Leftover, Name
from velatura.models.pickle_machine import MAX_ITEM_BYTES, Stream, read_pickle
from velatura.models.pickle_names import ELEMENT_TYPES, STORAGES
from velatura.models.stored import ITEM_BYTES, MAX_DIMENSIONS, StoredTensor, WeightFile
from velatura.models.zip_members import zip_members

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

WRAPPERS = ("state_dict", "params_ema", "params")
"""Names under which programs put the weights beside other things."""

LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
LEGACY_PROTOCOL = 1001
MAX_SHARING = 2
"""Tensors may share storages, but all together be no more than so many times the file."""


@dataclass(frozen=True, slots=True)
class Storage:
    """A run of numbers that tensors are views of.

    Attributes:
        dtype: Type of its elements.
        key: Its name in the file.
        length: Its elements.
    """

    dtype: str
    key: str
    length: int


@dataclass(frozen=True, slots=True, eq=False)
class Tensor:
    """A view of a storage, by the pickle's word."""

    storage: Storage
    dtype: str
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TorchFile:
    """The contents of a file of ``torch.save``.

    Attributes:
        path: The file.
        content: What was saved: tables and lists, with a :class:`Tensor` where a tensor was and a
            :class:`Leftover` where another object was.
        offsets: Storage key -> where its bytes begin.
    """

    path: Path
    content: object
    offsets: Mapping[str, int]

    def place(self, tensor: Tensor) -> StoredTensor:
        """Where a tensor of ``content`` lies.

        Raises:
            BrokenModel: if its storage is missing from the file.
        """
        if tensor.storage.key not in self.offsets:
            raise BrokenModel(f"{self.path}: storage {tensor.storage.key!r} is missing")
        start = self.offsets[tensor.storage.key] + tensor.offset * ITEM_BYTES[tensor.dtype]
        strides = None if _is_row_major(tensor) else tensor.strides
        return StoredTensor(self.path, tensor.dtype, tensor.shape, start, strides)


def read_torch_file(path: Path) -> WeightFile:
    """The tensors of a saved state dict; whatever else was saved with them is left out.

    Raises:
        UnsafeModel: if the file names Python objects that no model needs.
        BrokenModel: if it is not complete, or holds no weights.
    """
    file = open_torch_file(path)
    content = unwrap(file.content)
    tensors = {
        name: file.place(tensor)
        for name, tensor in content.items()
        if isinstance(name, str) and isinstance(tensor, Tensor)
    }
    if not tensors:
        raise BrokenModel(f"{path}: holds no weights")
    total = sum(place.span * place.item_bytes for place in tensors.values())
    if total > MAX_SHARING * path.stat().st_size:
        raise BrokenModel(f"{path}: its tensors would take {total} bytes, far more than the file")
    return WeightFile(path, tensors, {})


def unwrap(content: object) -> dict[Any, Any]:
    """The table of weights inside what was saved; empty if there is none."""
    for name in WRAPPERS:
        if isinstance(content, dict) and isinstance(cast("Any", content).get(name), dict):
            content = cast("Any", content)[name]
    return cast("dict[Any, Any]", content) if isinstance(content, dict) else {}


def open_torch_file(path: Path) -> TorchFile:
    """What was saved, without the tensors' values.

    Raises:
        UnsafeModel: if the file names Python objects that no model needs.
        BrokenModel: if it is not complete.
    """
    with path.open("rb") as file:
        is_zip = file.read(2) == b"PK"
        file.seek(0)
        return _open_zip(path, file) if is_zip else _open_legacy(path, file)


def _open_zip(path: Path, file: BinaryIO) -> TorchFile:
    members = zip_members(path, file)
    pickles = [name for name in members if name.endswith("/data.pkl") and name.count("/") == 1]
    root = pickles[0].partition("/")[0] if pickles else ""
    if any(name.startswith(f"{root}/code/") for name in members):
        raise UnsafeModel(f"{path}: a TorchScript program, not plain weights; it was not run")
    if len(pickles) != 1:
        raise BrokenModel(f"{path}: an archive, but not one that PyTorch saved")
    order = members.get(f"{root}/byteorder")
    if order is not None and order.read(path, file, MAX_ITEM_BYTES) != b"little":
        raise UnsupportedModel(f"{path}: written on a machine of the other byte order")
    text = members[pickles[0]].read(path, file, MAX_ITEM_BYTES)
    prefix = f"{root}/data/"
    stored = {n.removeprefix(prefix): m for n, m in members.items() if n.startswith(prefix)}
    seen: dict[str, Storage] = {}
    content = _read(path, Stream(path, io.BytesIO(text)), seen)
    for key, storage in seen.items():
        if key in stored and storage.length * ITEM_BYTES[storage.dtype] > stored[key].size:
            raise BrokenModel(f"{path}: storage {key!r} is shorter than it should be")
    return TorchFile(path, content, {key: member.offset for key, member in stored.items()})


def _open_legacy(path: Path, file: BinaryIO) -> TorchFile:
    stream, seen = Stream(path, file), dict[str, Storage]()
    magic = _read(path, stream, seen)
    if magic != LEGACY_MAGIC:
        raise BrokenModel(f"{path}: a pickle, but not one that PyTorch saved")
    protocol, machine = _read(path, stream, seen), _read(path, stream, seen)
    if protocol != LEGACY_PROTOCOL or not isinstance(machine, dict):
        raise BrokenModel(f"{path}: saved by a PyTorch of an unknown kind")
    if not cast("dict[str, Any]", machine).get("little_endian", True):
        raise UnsupportedModel(f"{path}: written on a machine of the other byte order")
    content, keys = _read(path, stream, seen), _read(path, stream, seen)
    if not isinstance(keys, list):
        raise BrokenModel(f"{path}: has no list of its storages")
    offsets: dict[str, int] = {}
    position, size = file.tell(), path.stat().st_size
    for key in cast("list[Any]", keys):
        storage = seen.get(key) if isinstance(key, str) else None
        if storage is None:
            raise BrokenModel(f"{path}: has a storage that belongs to no tensor")
        file.seek(position)
        length = int.from_bytes(file.read(8), "little")
        offsets[storage.key] = position + 8
        position += 8 + length * ITEM_BYTES[storage.dtype]
        if length < storage.length or position > size:
            raise BrokenModel(f"{path}: ends before its tensors do; download it again")
    return TorchFile(path, content, offsets)


def _read(path: Path, stream: Stream, seen: dict[str, Storage]) -> object:
    """One pickle; the storages it names are added to ``seen``."""

    def load(identifier: object) -> Storage:
        storage = _storage(path, identifier)
        known = seen.setdefault(storage.key, storage)
        if known != storage:
            raise BrokenModel(f"{path}: storage {storage.key!r} is described in two ways")
        return storage

    return read_pickle(path, stream, load=load, calls=REBUILD)


def _storage(path: Path, identifier: object) -> Storage:
    """A persistent id of torch: ("storage", class, key, device, elements, ...)."""
    values = cast("tuple[Any, ...]", identifier) if isinstance(identifier, tuple) else ()
    if len(values) < 5 or values[0] != "storage" or any(v is not None for v in values[5:]):
        raise BrokenModel(f"{path}: refers to something that is no storage")
    _, kind, key, _, length = values[:5]
    if not isinstance(kind, Name) or kind.text not in STORAGES:
        raise BrokenModel(f"{path}: has a storage of an unknown type")
    if not isinstance(key, str) or type(length) is not int or length < 0:
        raise BrokenModel(f"{path}: has a storage of an impossible name or length")
    return Storage(STORAGES[kind.text], key, length)


def _tensor(args: tuple[Any, ...]) -> Tensor:
    """Stands for ``_rebuild_tensor(storage, offset, shape, strides, ...)``."""
    storage, offset, shape, strides = args[:4]
    return _checked(storage, storage.dtype, offset, shape, strides)


def _typed_tensor(args: tuple[Any, ...]) -> Tensor:
    """Stands for ``_rebuild_tensor_v3``, whose storage is plain bytes and whose type is named."""
    storage, offset, shape, strides = args[:4]
    return _checked(storage, ELEMENT_TYPES[args[6].text], offset, shape, strides)


def _checked(storage: Any, dtype: str, offset: Any, shape: Any, strides: Any) -> Tensor:  # noqa: ANN401
    """A tensor that lies inside its storage and holds no element twice."""
    numbers = (offset, *shape, *strides)
    if not isinstance(storage, Storage) or not all(type(n) is int and n >= 0 for n in numbers):
        raise TypeError("a tensor of an impossible shape")
    if len(shape) != len(strides) or len(shape) > MAX_DIMENSIONS:
        raise ValueError("a tensor of an impossible shape")
    tensor = Tensor(storage, dtype, offset, tuple(shape), tuple(strides))
    count = math.prod(tensor.shape)
    span = 1 + sum((n - 1) * s for n, s in zip(shape, strides, strict=True)) if count else 0
    held = storage.length * ITEM_BYTES[storage.dtype]
    if count > span or (offset + span) * ITEM_BYTES[dtype] > held:
        raise ValueError(f"a tensor of shape {tensor.shape} in a storage of {held} bytes")
    return tensor


def _from_type(args: tuple[Any, ...]) -> object:
    """Stands for ``_rebuild_from_type_v2(function, class, args, state)``."""
    function, _, inner = args[:3]
    if isinstance(function, Name) and function.text in REBUILD and function.text != FROM_TYPE:
        return REBUILD[function.text](inner)
    return Leftover(FROM_TYPE, args)


def _is_row_major(tensor: Tensor) -> bool:
    expected = 1
    for size, stride in zip(reversed(tensor.shape), reversed(tensor.strides), strict=True):
        if size != 1 and stride != expected:
            return False
        expected *= size
    return True


FROM_TYPE = "torch._tensor._rebuild_from_type_v2"

REBUILD: Mapping[str, Callable[[tuple[Any, ...]], object]] = {
    FROM_TYPE: _from_type,
    "torch._utils._rebuild_parameter": lambda args: args[0],
    "torch._utils._rebuild_parameter_with_state": lambda args: args[0],
    "torch._utils._rebuild_tensor": _tensor,
    "torch._utils._rebuild_tensor_v2": _tensor,
    "torch._utils._rebuild_tensor_v3": _typed_tensor,
}
"""Our own versions of the functions that torch's pickles call to make tensors."""
