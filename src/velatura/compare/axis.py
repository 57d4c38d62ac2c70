"""One side of a grid: what is varied, and its values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from velatura.compare.fields import field_kinds, with_field

if TYPE_CHECKING:
    from collections.abc import Callable

    from velatura.records import Request

Value = int | float | str | tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisType:
    """Something that can be varied.

    Attributes:
        label: What A1111 calls it; what is no axis there goes by the name of its field.
        fields: Names of the field it sets; of several, the first that the request has.
        summary: What its values are, where that does not go without saying.
        aliases: Other names.
        cost: What changing it costs, from 0 to 1; the dearest axis changes least often.
        read: How its values are read; None follows from the field.
        apply: How a value changes a request; None just sets the field.
        show: A value as it is shown; None shows it behind the label.
    """

    label: str
    fields: tuple[str, ...]
    summary: str = ""
    aliases: tuple[str, ...] = ()
    cost: float = 0.0
    read: Callable[[str], tuple[Value, ...]] | None = None
    apply: Callable[[Any, Any], Any] | None = None
    show: Callable[[Any], str] | None = None

    def field_in(self, kind: type[Request]) -> str | None:
        """The field it sets in requests of a kind; None where these have none of it."""
        there = [*field_kinds(kind), *kind.__dataclass_fields__]
        return next((name for name in self.fields if name in there), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One side of a grid.

    Attributes:
        type: What is varied.
        field: The field that is varied.
        text: The values as they were written.
        values: The values, in order.
    """

    type: AxisType
    field: str
    text: str
    values: tuple[Value, ...]

    def apply(self, request: Request, value: Value) -> Request:
        """The request with one of the values.

        Raises:
            RequestError: the value cannot be set in this request.
        """
        if self.type.apply is None:
            return with_field(request, self.field, value)
        return self.type.apply(request, value)

    def label(self, value: Value) -> str:
        """A value as it is shown at the side of the grid."""
        if self.type.show is not None:
            return self.type.show(value)
        return f"{self.type.label}: {round(value, 8) if isinstance(value, float) else value}"
