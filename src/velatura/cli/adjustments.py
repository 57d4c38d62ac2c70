"""Short options of ``velatura adjust``, and how their words become adjustments."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, get_args

from velatura.errors import RequestError
from velatura.records import Crop, Curves, Levels, Resize, Sharpen
from velatura.records.adjustments import Channel

if TYPE_CHECKING:
    from collections.abc import Generator

CHANNELS: tuple[Channel, ...] = get_args(Channel)

_LEVELS = ("low_input", "gamma", "high_input", "low_output", "high_output")


def read_levels(text: str) -> Levels:
    """``"0.1,1.3,0.9"``: low input, gamma, high input, and perhaps the two outputs.

    >>> read_levels("red:0.1,1.3,0.9").high_input
    0.9

    Raises:
        RequestError: anything else.
    """
    with says_option("--levels"):
        channel, rest = _channel(text)
        numbers = _numbers(rest)
        if len(numbers) not in (3, 5):
            raise RequestError(
                "expected LOW,GAMMA,HIGH such as 0.1,1.3,0.9, and perhaps two outputs behind; "
                f"got {text!r}"
            )
        return Levels(channel=channel, **dict(zip(_LEVELS, numbers, strict=False)))


def read_curve(text: str) -> Curves:
    """``"0,0 0.5,0.6 1,1"``: points of a smooth curve, each an input and an output.

    >>> read_curve("blue:0,0 1,0.5").points
    ((0.0, 0.0), (1.0, 0.5))

    Raises:
        RequestError: anything else.
    """
    with says_option("--curve"):
        channel, rest = _channel(text)
        points = [tuple(_numbers(word)) for word in rest.split()]
        if not all(len(point) == 2 for point in points):
            raise RequestError(f"expected points such as 0,0 0.5,0.6 1,1; got {text!r}")
        return Curves(channel=channel, points=tuple((x, y) for x, y in points))


def read_crop(text: str) -> Crop:
    """``"100x50+10+20"``: width, height, left and top in pixels.

    Raises:
        RequestError: anything else.
    """
    match = re.fullmatch(r"(\d{1,9})[xX×](\d{1,9})(?:\+(\d{1,9})\+(\d{1,9}))?", text.strip())
    with says_option("--crop"):
        if match is None:
            raise RequestError(f"expected WxH+X+Y such as 512x512+0+64, got {text!r}")
        width, height, left, top = (int(number or 0) for number in match.groups())
        return Crop(width=width, height=height, left=left, top=top)


def read_resize(text: str, **others: Any) -> Resize:  # noqa: ANN401
    """``"512x832"``; ``"512x"`` and ``"x832"`` keep the ratio of sides.

    Raises:
        RequestError: anything else.
    """
    match = re.fullmatch(r"(\d{0,9})[xX×](\d{0,9})", text.strip())
    with says_option("--resize"):
        if match is None:
            raise RequestError(f"expected WxH such as 512x832, 512x or x832, got {text!r}")
        width, height = (int(number or 0) for number in match.groups())
        return Resize(width=width, height=height, **others)


def read_sharpen(text: str) -> Sharpen:
    """``"0.5"`` or ``"0.5,2"``: the amount, and perhaps the radius in pixels.

    Raises:
        RequestError: anything else.
    """
    with says_option("--sharpen"):
        numbers = _numbers(text)
        if len(numbers) > 2:
            raise RequestError(f"expected AMOUNT or AMOUNT,RADIUS such as 0.5,2; got {text!r}")
        return Sharpen(**dict(zip(("amount", "radius"), numbers, strict=False)))


@contextmanager
def says_option(option: str) -> Generator[None]:
    """Let refusals raised within begin with the option."""
    try:
        yield
    except RequestError as error:
        raise RequestError(f"{option}: {error}") from error


def _channel(text: str) -> tuple[Channel, str]:
    """The channel before a colon, "value" where there is none, and the rest."""
    name, colon, rest = text.partition(":")
    if not colon:
        return "value", text
    for channel in CHANNELS:
        if name.strip().lower() == channel:
            return channel, rest
    raise RequestError(f"no channel {name!r}; choose from {', '.join(CHANNELS)}")


def _numbers(text: str) -> list[float]:
    try:
        return [float(word) for word in text.split(",")]
    except ValueError as error:
        raise RequestError(f"expected numbers with commas between them, got {text!r}") from error
