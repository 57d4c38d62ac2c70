"""Axes that rewrite the prompt: search and replace, and the order of its parts."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from math import factorial
from typing import TYPE_CHECKING

from velatura.compare.values import MOST_VALUES, split_items
from velatura.errors import RequestError, TextError

if TYPE_CHECKING:
    from velatura.records import Painting


def replacements(text: str) -> tuple[tuple[str, str], ...]:
    """Pairs of what is sought, the first item, and what replaces it: each item, the first too.

    Raises:
        TextError: the list cannot be read, or there is nothing to seek.
    """
    items = split_items(text)
    if items and not items[0].value:
        items[0].refused("the first item is searched for in the prompts; it cannot be empty")
    return tuple((items[0].value, item.value) for item in items)


def with_replacement(request: Painting, value: tuple[str, str]) -> Painting:
    """The request with one text for another in both prompts.

    Raises:
        RequestError: it is in neither.
    """
    sought, replacement = value
    if sought not in request.prompt and sought not in request.negative_prompt:
        raise RequestError(
            f"prompt: {sought!r}, the first value of Prompt S/R, is in neither prompt; "
            "it is searched for letter by letter",
            field="prompt",
        )
    return replace(
        request,
        prompt=request.prompt.replace(sought, replacement),
        negative_prompt=request.negative_prompt.replace(sought, replacement),
    )


def orders(text: str) -> tuple[tuple[str, ...], ...]:
    """Every order of the items.

    Raises:
        TextError: the list cannot be read, an item is empty, or there are too many orders.
    """
    items = split_items(text)
    if factorial(min(len(items), 20)) > MOST_VALUES:
        raise TextError(
            f"{len(items)} items have more than {MOST_VALUES} orders", text=text, position=0
        )
    for item in items:
        if not item.value:
            item.refused("an item of a prompt's order cannot be empty")
    return tuple(permutations(item.value for item in items))


def with_order(request: Painting, value: tuple[str, ...]) -> Painting:
    """The request with the items taken out of its prompt, and the gaps filled in this order.

    Raises:
        RequestError: an item is not in the prompt.
    """
    rest, parts = request.prompt, list[str]()
    for item in sorted(value, key=request.prompt.find):
        before, found, rest = rest.partition(item)
        if not found:
            raise RequestError(
                f"prompt: {item!r}, a value of Prompt order, is not in the prompt, "
                "or only within another one",
                field="prompt",
            )
        parts.append(before)
    joined = "".join(part + item for part, item in zip(parts, value, strict=True))
    return replace(request, prompt=joined + rest)
