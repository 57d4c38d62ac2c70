"""Loaded models, kept within a budget of bytes."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from velatura.models.hashes import Identity, identity
from velatura.models.sidecar import sidecar_files

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable
    from pathlib import Path

    from torch import Tensor, nn

    from velatura.models.catalogue import ModelFile


class Loaded(Protocol):
    """A model whose weights can be counted."""

    @property
    def networks(self) -> tuple[nn.Module, ...]:
        """What holds its weights."""
        ...


L = TypeVar("L", bound=Loaded)


class ModelCache:
    """Keeps the models used last; drops those not used for longest.

    Weights that models share (a model and the same with a LoRA) count once.

    Args:
        budget_bytes: What the kept models may take together. The model used last is kept even if
            it alone takes more.
    """

    def __init__(self, budget_bytes: int) -> None:
        self.budget_bytes = budget_bytes
        self._models: OrderedDict[Hashable, Loaded] = OrderedDict()

    def __len__(self) -> int:
        return len(self._models)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._models

    @property
    def size_bytes(self) -> int:
        """Memory that the kept models take together."""
        return _bytes(self._models.values())

    def get(self, key: Hashable, make: Callable[[], L], *, expected_bytes: int = 0) -> L:
        """The model kept under ``key``, or else what ``make`` gives.

        Args:
            key: Tells models apart, those of different kinds too; :func:`file_key` for what comes
                straight from files.
            make: Loads or derives the model.
            expected_bytes: What it will take: so much is freed before it is made.
        """
        if key not in self._models:
            self._shrink(self.budget_bytes - expected_bytes, keep=0)
            self._models[key] = make()
        self._models.move_to_end(key)
        self._shrink(self.budget_bytes, keep=1)
        return cast("Any", self._models[key])

    def drop(self, *keys: Hashable) -> None:
        """Drop the models kept under these keys, where there are any."""
        for key in keys:
            self._models.pop(key, None)

    def clear(self) -> None:
        """Drop every model."""
        self._models.clear()

    def _shrink(self, budget: int, *, keep: int) -> None:
        while len(self._models) > keep and self.size_bytes > budget:
            self._models.popitem(last=False)


def file_key(*files: ModelFile | None) -> tuple[tuple[Identity, ...] | None, ...]:
    """What changes when a file, or a note beside it, is replaced by another of the same name.

    Raises:
        BrokenModel: if a file is gone.
    """
    return tuple(_identities(file.path) if file else None for file in files)


def _identities(path: Path) -> tuple[Identity, ...]:
    return tuple(identity(file) for file in (path, *sidecar_files(path)))


def _bytes(models: Iterable[Loaded]) -> int:
    """Bytes of all weights, each counted once."""
    sizes: dict[int, int] = {}
    for model in models:
        for weight in _weights(model):
            memory, size = held_bytes(weight)
            sizes[memory] = size
    return sum(sizes.values())


def held_bytes(weight: Tensor) -> tuple[int, int]:
    """What tells a weight's memory from that of others, and its bytes."""
    if weight.is_mkldnn:  # see velatura.models.layout
        return id(weight), weight.nbytes
    storage = weight.untyped_storage()
    return storage.data_ptr(), storage.nbytes()


def _weights(model: Loaded) -> Iterable[Tensor]:
    for network in model.networks:
        yield from network.parameters()
