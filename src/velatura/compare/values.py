"""Lists of values as A1111's X/Y/Z plot writes them: ``5-20 (+5)``, ``1-10 [5]``, ``"a, b", c``.

Items stand between commas; double quotes protect a comma, a doubled quote inside them is a quote;
lines follow one another as if there were a comma between them. An item of a list of numbers may
stand for several: ``a-b``, in steps ``a-b (+s)``, or evenly spaced ``a-b [n]``.

One quirk is kept, since plots in circulation rely on it: a range of whole numbers ends before b + 1
whatever the direction, so a descending one misses its last value, ``10-1 (-3)`` being 10, 7, 4.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn, TypeVar

import numpy as np

from velatura.errors import TextError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MOST_VALUES = 10_000
"""Values of one list."""

_ITEM = re.compile(
    r"""
    [ ]*
    (?: " (?P<quoted> (?: [^"] | "" )* ) " (?P<rest> [^,\r\n]* )
      | (?P<plain> [^,\r\n]* ) )
    (?P<end> , | \r\n | \r | \n | \Z )
    """,
    re.VERBOSE,
)
_WHOLE, _DECIMAL = "[0-9]{1,20}", r"[0-9]{1,20} \.? [0-9]{0,20} | \. [0-9]{1,20}"


def _range(digits: str) -> re.Pattern[str]:
    number = rf"[+-]? \s* (?: {digits} )"
    return re.compile(
        rf"""
        (?P<first> {number} ) \s* - \s* (?P<last> {number} )
        (?: \s* \( \s* (?P<step> [+-] \s* (?: {digits} ) ) \s* \)
          | \s* \[ \s* (?P<count> [0-9]{{1,9}} ) \s* \] )?
        """,
        re.VERBOSE,
    )


_WHOLE_NUMBER = re.compile(rf"[+-]? \s* {_WHOLE}", re.VERBOSE)
_WHOLE_RANGE, _RANGE = _range(_WHOLE), _range(_DECIMAL)

FLAGS = {"true": True, "yes": True, "on": True, "1": True} | {
    "false": False, "no": False, "off": False, "0": False
}  # fmt: skip
"""How a yes or a no is written, in lower case."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Item:
    """What stands between two commas.

    Attributes:
        value: Its text, without quotes and blanks around it.
        text: The whole list.
        position: Where it begins in the list.
    """

    value: str
    text: str
    position: int

    @property
    def shown(self) -> str:
        """Its text as a message quotes it."""
        return self.value if len(self.value) <= 40 else f"{self.value[:40]}…"

    def refused(self, why: str) -> NoReturn:
        """Refuse it.

        Raises:
            TextError: always.
        """
        raise TextError(why, text=self.text, position=self.position)


def split_items(text: str) -> tuple[Item, ...]:
    """The items of a list, empty ones too.

    >>> [item.value for item in split_items('sharp, "soft, dreamy"')]
    ['sharp', 'soft, dreamy']

    Raises:
        TextError: a quote is never closed.
    """
    return tuple(_items(text))


def _items(text: str) -> Iterator[Item]:
    position, is_new_line = 0, True
    while position < len(text) or not is_new_line:
        if is_new_line and text[position] in "\r\n":
            position += 1
            continue
        match = _ITEM.match(text, position)
        assert match is not None, "every position begins an item"
        quoted, plain = match["quoted"], match["plain"]
        start = match.start("plain") if quoted is None else match.start("quoted") - 1
        value = plain if quoted is None else quoted.replace('""', '"') + match["rest"]
        item = Item(value.strip(), text, start)
        if quoted is None and plain.startswith('"'):
            item.refused("this quote is never closed")
        yield item
        position, is_new_line = match.end(), match["end"] != ","


def read_texts(text: str) -> tuple[str, ...]:
    """The items as they are."""
    return tuple(item.value for item in split_items(text))


def read_whole_numbers(text: str) -> tuple[int, ...]:
    """Whole numbers, ranges written out; empty items are skipped.

    >>> read_whole_numbers("1-3, 10-20 (+5), 1-10 [5], 7")
    (1, 2, 3, 10, 15, 20, 1, 3, 5, 7, 10, 7)

    Raises:
        TextError: an item is none of that, or stands for too many.
    """
    return _joined(text, _whole_numbers)


def read_numbers(text: str) -> tuple[float, ...]:
    """Numbers, ranges written out; empty items are skipped.

    >>> read_numbers("1-2 (+0.5), 0-1 [3], 7.5")
    (1.0, 1.5, 2.0, 0.0, 0.5, 1.0, 7.5)

    Raises:
        TextError: an item is none of that, or stands for too many.
    """
    return _joined(text, _numbers)


def read_flags(text: str) -> tuple[bool, ...]:
    """Yes or no, in any of the usual words; empty items are skipped.

    Raises:
        TextError: an item is neither.
    """
    return _joined(text, _flag)


def _joined(text: str, read: Callable[[Item], tuple[T, ...]]) -> tuple[T, ...]:
    values: list[T] = []
    for item in split_items(text):
        if item.value:
            values += read(item)
            _check_count(len(values), item)
    return tuple(values)


def _flag(item: Item) -> tuple[bool]:
    if item.value.lower() not in FLAGS:
        item.refused(f"expected True or False, got {item.shown!r}")
    return (FLAGS[item.value.lower()],)


def _whole_numbers(item: Item) -> tuple[int, ...]:
    match = _WHOLE_RANGE.fullmatch(item.value)
    if match is None:
        if not _WHOLE_NUMBER.fullmatch(item.value):
            _refuse_number(item, "a whole number")
        return (int(_unspaced(item.value)),)
    first, last = int(_unspaced(match["first"])), int(_unspaced(match["last"]))
    if match["count"]:
        return tuple(int(value) for value in _spaced_evenly(first, last, match["count"], item))
    step = int(_unspaced(match["step"] or "1"))
    _check_count(abs(last + 1 - first) // (abs(step) or item.refused("a step of 0")), item)
    return _not_empty(tuple(range(first, last + 1, step)), item)


def _numbers(item: Item) -> tuple[float, ...]:
    match = _RANGE.fullmatch(item.value)
    if match is None:
        try:
            return (float(_unspaced(item.value)),)
        except ValueError:
            _refuse_number(item, "a number")
    first, last = float(_unspaced(match["first"])), float(_unspaced(match["last"]))
    if match["count"]:
        return tuple(_spaced_evenly(first, last, match["count"], item))
    step = float(_unspaced(match["step"] or "1"))
    _check_count(abs(last - first) / (abs(step) or item.refused("a step of 0")), item)
    return _not_empty(tuple(np.arange(first, last + step, step).tolist()), item)


def _spaced_evenly(first: float, last: float, count: str, item: Item) -> list[float]:
    """The numbers of ``first-last [count]``."""
    _check_count(int(count), item)
    return list(_not_empty(tuple(np.linspace(first, last, int(count)).tolist()), item))


def _check_count(count: float, item: Item) -> None:
    if count > MOST_VALUES:
        item.refused(f"{item.shown!r} makes a list of more than {MOST_VALUES} values")


def _not_empty(values: tuple[T, ...], item: Item) -> tuple[T, ...]:
    if not values:
        item.refused(f"{item.shown!r} gives no values; a falling range needs a step, as in (-1)")
    return values


def _refuse_number(item: Item, kind: str) -> NoReturn:
    unsigned = re.search(r"\(\s*[0-9.]+\s*\)$", item.value)
    advice = "; a step carries its sign, as in (+2)" if unsigned else ""
    ranges = "or a range such as 1-9, 1-9 (+2) or 1-9 [5]"
    item.refused(f"expected {kind}, {ranges}, got {item.shown!r}{advice}")


def _unspaced(number: str) -> str:
    return re.sub(r"\s", "", number)
