"""What an engine's events are asked for in tests."""

from __future__ import annotations

from velatura import Picture, Step, Txt2Img


def small(**changes) -> Txt2Img:
    """A request that takes a moment."""
    values = {"prompt": "a red apple", "width": 64, "height": 64, "steps": 3, "seed": 11}
    return Txt2Img(**(values | changes))


def pictures(events) -> list[Picture]:
    return [event for event in events if isinstance(event, Picture)]


def steps(events) -> list[Step]:
    return [event for event in events if isinstance(event, Step)]
