"""``<word:argument:...>`` tags, which switch extra networks on.

Tags belong to positive prompts and are cut out before anything else is read, so they cannot be
scheduled. In a negative prompt they are plain words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from velatura.errors import PromptError

if TYPE_CHECKING:
    from collections.abc import Mapping

TAG = re.compile(r"<(\w+):([^>]+)>")
_LORA_WORDS = ("lora", "lyco")


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag as written.

    Attributes:
        word: What kind of network: "lora", "hypernet", or anything else.
        positional: Arguments without a name.
        named: Arguments with exactly one ``=``.
        prompt: The text it was found in.
        position: Index of its ``<``.
        length: Number of characters up to its ``>``.
    """

    word: str
    positional: tuple[str, ...]
    named: Mapping[str, str]
    prompt: str
    position: int
    length: int


@dataclass(frozen=True, slots=True)
class Lora:
    """A LoRA asked for.

    Attributes:
        name: Its name in the model folders.
        text_weight: Factor on the text encoder's part.
        unet_weight: Factor on the U-Net's part.
        rank: Keep only this many components; None keeps all.
    """

    name: str
    text_weight: float = 1.0
    unet_weight: float = 1.0
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class Hypernet:
    """A hypernetwork asked for: its name and its strength."""

    name: str
    strength: float = 1.0


def find_tags(text: str) -> tuple[Tag, ...]:
    """The tags of a positive prompt, in order.

    >>> find_tags("a cat <lora:ink:0.5:unet=1>")[0].positional
    ('ink', '0.5')
    """
    return tuple(_tag(match) for match in TAG.finditer(text))


def cut_tags(text: str) -> str:
    """The text without its tags; spaces and commas around them stay."""
    return TAG.sub("", text)


def loras(tags: tuple[Tag, ...]) -> tuple[Lora, ...]:
    """The LoRAs that tags ask for, in order.

    A LoRA named twice counts twice, both times with the weights of its last tag.

    >>> [lora.text_weight for lora in loras(find_tags("<lora:a:0.3> <lora:a:0.5>"))]
    [0.5, 0.5]

    Raises:
        PromptError: if a weight is not a number.
    """
    asked = [_lora(tag) for tag in tags if tag.word in _LORA_WORDS]
    last = {lora.name: lora for lora in asked}
    return tuple(last[lora.name] for lora in asked)


def hypernets(tags: tuple[Tag, ...]) -> tuple[Hypernet, ...]:
    """The hypernetworks that tags ask for, in order.

    Raises:
        PromptError: if a strength is not a number.
    """
    return tuple(
        Hypernet(tag.positional[0], _number(tag, tag.positional[1:2], "strength", 1.0))
        for tag in tags
        if tag.word == "hypernet" and tag.positional
    )


def _tag(match: re.Match[str]) -> Tag:
    positional: list[str] = []
    named: dict[str, str] = {}
    for argument in match[2].split(":"):
        if argument.count("=") == 1:
            name, value = argument.split("=")
            named[name] = value
        else:
            positional.append(argument)
    start, end = match.span()
    return Tag(match[1], tuple(positional), named, match.string, start, end - start)


def _lora(tag: Tag) -> Lora:
    if not tag.positional:
        raise PromptError(
            f"a {tag.word} tag needs a name, as in <{tag.word}:name:0.8>",
            text=tag.prompt,
            position=tag.position,
        )
    text_weight = _number(tag, tag.positional[1:2], "te", 1.0)
    unet_weight = _number(tag, tag.positional[2:3], "unet", text_weight)
    rank = _number(tag, tag.positional[3:4], "dyn", -1.0)
    return Lora(tag.positional[0], text_weight, unet_weight, None if rank < 0 else int(rank))


def _number(tag: Tag, positional: tuple[str, ...], name: str, default: float) -> float:
    """An argument by its name, else by its place."""
    given = [tag.named[name]] if name in tag.named else positional
    if not given:
        return default
    written = given[0]
    try:
        return float(written)
    except ValueError:
        raise PromptError(
            f"{written!r} in a {tag.word} tag is not a number, expected one as in "
            f"<{tag.word}:name:0.8>",
            text=tag.prompt,
            position=tag.position,
        ) from None
