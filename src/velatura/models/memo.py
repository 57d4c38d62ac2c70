"""Values kept beside what they were made of."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

V = TypeVar("V")


class Memo(Generic[V]):
    """The values used last.

    Args:
        size: How many are kept.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: OrderedDict[Hashable, tuple[object, V]] = OrderedDict()

    def get(self, key: Hashable, source: object, make: Callable[[], V]) -> V:
        """The value kept under ``key``, or else what ``make`` gives.

        Args:
            key: Tells sources apart; may be an ``id``.
            source: What the value is made of. It is kept too, so that no other gets its ``id``.
            make: Makes the value.
        """
        if key not in self._kept:
            self._kept[key] = source, make()
        self._kept.move_to_end(key)
        while len(self._kept) > self._size:
            self._kept.popitem(last=False)
        return self._kept[key][1]
