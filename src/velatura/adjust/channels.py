"""Which numbers of a pixel are colours, and which one is alpha."""

from __future__ import annotations

from typing import TYPE_CHECKING

from velatura.errors import RequestError

if TYPE_CHECKING:
    from velatura.records.adjustments import Channel

COLOURS = ("red", "green", "blue")


def has_alpha(count: int) -> bool:
    """Whether the last of so many channels is alpha."""
    return count == 4


def places(channel: Channel, count: int) -> tuple[int, ...]:
    """Places of a channel among so many: 1 is grey, 3 RGB, 4 RGB and alpha.

    >>> places("value", 4), places("alpha", 4), places("green", 3)
    ((0, 1, 2), (3,), (1,))

    Raises:
        RequestError: the picture has no such channel.
    """
    if channel == "value":
        return tuple(range(min(count, 3)))
    if channel == "alpha":
        if has_alpha(count):
            return (3,)
        raise RequestError("channel: the picture has no alpha", field="channel")
    if count == 1:
        raise RequestError(
            f"channel: the picture is greyscale and has no {channel}; adjust its value",
            field="channel",
        )
    return (COLOURS.index(channel),)
