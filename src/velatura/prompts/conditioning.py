"""Encoded prompts, and what happens where they differ in length."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from velatura.prompts.schedule import index_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from torch import Tensor

    from velatura.records import Padding


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """Vectors, (tokens, width), and the last call they are meant for, from 1."""

    until: int
    vectors: Tensor


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One part of a composed prompt: its share of the guidance, and its table over the calls."""

    weight: float
    entries: tuple[Entry, ...]

    @property
    def length(self) -> int:
        """Tokens of its vectors, the same in all entries."""
        return len(self.entries[0].vectors)

    def mapped(self, change: Callable[[Tensor], Tensor]) -> Part:
        """The part with all vectors changed; those shared by entries are changed once."""
        distinct = {id(entry.vectors): entry.vectors for entry in self.entries}
        changed = {key: change(vectors) for key, vectors in distinct.items()}
        return Part(
            self.weight,
            tuple(Entry(entry.until, changed[id(entry.vectors)]) for entry in self.entries),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Conditioning:
    """An encoded prompt.

    Attributes:
        parts: At least one; all of the same length, so that they can share a network call.
    """

    parts: tuple[Part, ...]

    @classmethod
    def levelled(cls, parts: Iterable[Part]) -> Conditioning:
        """The parts, the shorter ones extended by repeating their last vector."""
        parts = tuple(parts)
        length = max(part.length for part in parts)
        return cls(tuple(part.mapped(lambda v: _repeat_last(v, length)) for part in parts))

    @property
    def length(self) -> int:
        """Tokens of its vectors."""
        return self.parts[0].length

    def at(self, call: int) -> tuple[tuple[float, Tensor], ...]:
        """Weight and vectors, (tokens, width), of each part at a network call, from 0."""
        return tuple(
            (
                part.weight,
                part.entries[index_at([entry.until for entry in part.entries], call)].vectors,
            )
            for part in self.parts
        )

    def mapped(self, change: Callable[[Tensor], Tensor]) -> Conditioning:
        """The conditioning with all vectors changed."""
        return Conditioning(tuple(part.mapped(change) for part in self.parts))


@dataclass(frozen=True, slots=True, eq=False)
class Equalised:
    """Prompt and negative prompt after padding.

    Attributes:
        positive: The prompt's conditioning.
        negative: The negative prompt's.
        padded: Whether anything was changed; the infotext records it.
    """

    positive: Conditioning
    negative: Conditioning
    padded: bool


def equalise(
    positive: Conditioning, negative: Conditioning, padding: Padding, empty: Tensor
) -> Equalised:
    """Prompt and negative prompt brought to one length, as the option says.

    Args:
        positive: The prompt's conditioning.
        negative: The negative prompt's.
        padding: "separate" leaves both; "pad" extends the shorter by the empty prompt's encoding;
            "pad v0" extends the negative by its last vector, or cuts it.
        empty: The encoding of the empty prompt, (77, width).
    """
    length, other = positive.length, negative.length
    if padding == "separate" or length == other:
        return Equalised(positive, negative, padded=False)
    if padding == "pad v0":
        negative = negative.mapped(lambda v: _repeat_last(v[:length], length))
    elif length > other:
        negative = negative.mapped(lambda v: _append(v, empty, length))
    else:
        positive = positive.mapped(lambda v: _append(v, empty, other))
    return Equalised(positive, negative, padded=True)


def _repeat_last(vectors: Tensor, length: int) -> Tensor:
    import torch

    missing = length - len(vectors)
    return torch.cat([vectors, vectors[-1:].repeat(missing, 1)]) if missing else vectors


def _append(vectors: Tensor, empty: Tensor, length: int) -> Tensor:
    import torch

    repeats = (length - len(vectors)) // len(empty)
    return torch.cat([vectors, empty.repeat(repeats, 1)])
