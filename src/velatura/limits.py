"""Limits that stand in a record's annotations, enforced when the record is made."""

from __future__ import annotations

import math
from dataclasses import fields
from functools import cache
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from annotated_types import Interval, MultipleOf

from velatura.errors import RequestError


class Checked:
    """A record that refuses values outside the limits in its annotations."""

    __slots__ = ()

    def __post_init__(self) -> None:
        check(self)


def check(record: object) -> None:
    """Refuse a record with a value outside its type or limits.

    Raises:
        RequestError: naming the field, the limit and the value found.
    """
    for name, (kind, limits) in _rules(type(record)).items():
        value = getattr(record, name)
        if value is None and type(None) in kind:
            continue
        _check_type(name, value, kind)
        for limit in limits:
            _check_limit(name, value, limit)


@cache
def _rules(record: type) -> dict[str, tuple[tuple[Any, ...], tuple[Any, ...]]]:
    """Per field: the types it may have, and the limits on its value."""
    hints = get_type_hints(record, include_extras=True)
    return {entry.name: _split(hints[entry.name]) for entry in fields(record)}  # pyright: ignore[reportArgumentType]


def _split(hint: Any) -> tuple[tuple[Any, ...], tuple[Any, ...]]:  # noqa: ANN401
    """An annotation as (types or literal values, limits)."""
    if get_origin(hint) is Annotated:
        inner, *limits = get_args(hint)
        return _split(inner)[0], tuple(limits)
    if get_origin(hint) is Literal:
        return get_args(hint), ()
    if get_origin(hint) is tuple:
        return (tuple,), ()
    if args := get_args(hint):
        parts = [_split(arg) for arg in args]
        return tuple(t for types, _ in parts for t in types), tuple(
            limit for _, limits in parts for limit in limits
        )
    return (hint,), ()


def _check_type(name: str, value: object, kinds: tuple[Any, ...]) -> None:
    choices = [kind for kind in kinds if not isinstance(kind, type)]
    if choices:
        if value not in choices:
            listed = ", ".join(repr(choice) for choice in choices)
            raise RequestError(f"{name}: {value!r} is not one of {listed}", field=name)
        return
    allowed = (*kinds, int) if float in kinds else kinds
    is_bool_for_number = isinstance(value, bool) and bool not in kinds
    if not isinstance(value, allowed) or is_bool_for_number:
        wanted = " or ".join("None" if kind is type(None) else kind.__name__ for kind in kinds)
        raise RequestError(
            f"{name}: expected {wanted}, got {type(value).__name__} {value!r}", field=name
        )


def _check_limit(name: str, value: Any, limit: object) -> None:  # noqa: ANN401
    if isinstance(limit, Interval):
        low, high = limit.ge if limit.ge is not None else limit.gt, limit.le
        above = value > limit.gt if limit.gt is not None else value >= low  # pyright: ignore[reportOperatorIssue]
        if not (_is_finite(value) and above and value <= high):
            bound = "above" if limit.gt is not None else "from"
            raise RequestError(f"{name}: must be {bound} {low} to {high}, got {value}", field=name)
    if isinstance(limit, MultipleOf) and value % limit.multiple_of:
        below = value // limit.multiple_of * limit.multiple_of  # pyright: ignore[reportOperatorIssue]
        raise RequestError(
            f"{name}: must be a multiple of {limit.multiple_of}, got {value} "
            f"(nearest: {below} or {below + limit.multiple_of})",
            field=name,
        )


def _is_finite(value: float) -> bool:
    """Whether it is a number; every int is, also one that no float holds."""
    return isinstance(value, int) or math.isfinite(value)
