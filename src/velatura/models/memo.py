"""Values kept beside what they were made of."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

V = TypeVar("V")


class Memo(Generic[V]):
    """The values used last, as many as fit into a number of bytes.

    Args:
        budget: Most bytes of all values together; one that is larger is given and not kept.
        weigh: Bytes of a value.
    """

    def __init__(self, budget: int, weigh: Callable[[V], int]) -> None:
        self._free = budget
        self._weigh = weigh
        self._kept: OrderedDict[Hashable, tuple[object, V]] = OrderedDict()

    def get(self, key: Hashable, source: object, make: Callable[[], V]) -> V:
        """The value kept under ``key``, or else what ``make`` gives.

        Args:
            key: Tells sources apart; may be an ``id``.
            source: What the value is made of. It is kept too, so that no other gets its ``id``.
            make: Makes the value.
        """
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key][1]
        value = make()
        self._kept[key] = source, value
        self._free -= self._weigh(value)
        while self._free < 0:
            _, (_, oldest) = self._kept.popitem(last=False)
            self._free += self._weigh(oldest)
        return value
