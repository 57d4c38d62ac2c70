"""Text that remembers where its characters were typed, through cuts and replacements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Traced:
    """A text made from another one.

    Attributes:
        text: The text.
        positions: For every character, and for the end, the index in the text as typed.
    """

    text: str
    positions: Sequence[int]

    @classmethod
    def typed(cls, text: str) -> Traced:
        """A text as typed."""
        return cls(text, range(len(text) + 1))

    def replaced(self, pattern: re.Pattern[str], replacement: str) -> Traced:
        """The text with every match replaced by a fixed text."""
        texts: list[str] = []
        positions: list[int] = []
        end = 0
        for match in pattern.finditer(self.text):
            texts += [self.text[end : match.start()], replacement]
            positions += self.positions[end : match.start()]
            positions += [self.positions[match.start()]] * len(replacement)
            end = match.end()
        texts.append(self.text[end:])
        positions += self.positions[end:]
        return Traced("".join(texts), positions)

    def part(self, start: int, length: int) -> Traced:
        """A stretch of the text."""
        end = start + length
        return Traced(self.text[start:end], self.positions[start : end + 1])

    def span(self, start: int, length: int) -> tuple[int, int]:
        """A stretch of the text as (position, length) in the text as typed."""
        position = self.positions[start]
        if not length:
            return position, 0
        return position, self.positions[start + length - 1] + 1 - position
