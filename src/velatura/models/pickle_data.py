"""What stands in a pickle's data where the pickle named or made a Python object."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Name:
    """The name of a Python object that stands in the allow-list.

    Attributes:
        text: Module and name, with a dot between.
    """

    text: str


@dataclass(slots=True, eq=False)
class Leftover:
    """What stands where the pickle wanted an object.

    Attributes:
        name: What it would have been.
        args: What it would have been made from.
        state: What it would have been filled with.
    """

    name: str
    args: tuple[object, ...] = ()
    state: object = None
