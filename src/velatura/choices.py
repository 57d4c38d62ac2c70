"""What tables offer, found by any of the names people use."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Protocol

from velatura.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Mapping


class Choice(Protocol):
    """An entry of a table, with the field's name for it and its other names."""

    @property
    def label(self) -> str:
        """The field's name for it."""
        ...

    @property
    def aliases(self) -> tuple[str, ...]:
        """Other names it answers to."""
        ...


def known_names(table: Mapping[str, Choice]) -> dict[str, str]:
    """Every name of every entry, in lower case, and the label it stands for."""
    return {
        known.lower(): entry.label
        for entry in table.values()
        for known in (entry.label, *entry.aliases)
    }


def unknown_name(name: str, names: Mapping[str, str], field: str) -> RequestError:
    """The refusal of a name that is none of :func:`known_names`, with the nearest ones.

    Args:
        name: What was asked for.
        names: Lower-case name to label.
        field: The request's field it was asked for in; its last word says what it is.
    """
    kind = field.rpartition(".")[2]
    return RequestError(f"unknown {kind} {name!r}; {advice(name, names)}", field=field)


def advice(name: str, names: Mapping[str, str]) -> str:
    """What to say instead of an unknown name: what it may have been meant for, or all there is.

    Args:
        name: What was asked for.
        names: Lower-case name to label.
    """
    near = dict.fromkeys(names[known] for known in get_close_matches(name.lower(), names))
    labels = dict.fromkeys(names.values())
    return f"did you mean {', '.join(near)}?" if near else f"choose from {', '.join(labels)}"
