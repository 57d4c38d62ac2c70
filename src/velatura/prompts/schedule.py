"""Which text is in force at which call of the network.

An edit ``[before:after:when]`` switches once, a choice ``[a|b]`` at every call. For a budget of
calls this gives a table of (last call, text); :func:`index_at` looks a call up in it. Calls are
counted, not steps: a sampler that calls the network twice a step has a budget of twice the steps.

Source: reference behaviour of A1111 v1.10.1, whose seeds depend on every rounding here.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from velatura.prompts.parse import Body, Choice, Edit, Text, parse, walk

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The calls over which a prompt is spread.

    Attributes:
        calls: Calls of this pass, from 1.
        first_pass_calls: For a hires pass, the calls of the pass before it; its decimal numbers
            then run from 1 to 2 and its whole numbers go on counting. None for a first pass.
        old: Read numbers as A1111 did before version 1.6: below 1 a share, else calls; a hires
            pass has the table of the first.
    """

    calls: int
    first_pass_calls: int | None = None
    old: bool = False

    @property
    def budget(self) -> int:
        """Calls that the table covers."""
        if self.old and self.first_pass_calls is not None:
            return self.first_pass_calls
        return self.calls

    def switch(self, when: str) -> int:
        """Last call of an edit's first text; 0 or less where that never shows.

        The dot decides: ``1`` is the first call, ``1.0`` the whole pass.

        >>> Timeline(calls=20).switch("0.8"), Timeline(calls=20).switch("8")
        (16, 8)
        """
        value = float(when)
        if self.old:
            call = value * self.budget if value < 1 else value
        elif "." in when:
            call = (value - (0.0 if self.first_pass_calls is None else 1.0)) * self.budget
        else:
            call = value - (self.first_pass_calls or 0)
        return int(min(max(call, -1.0), float(self.budget)))


@dataclass(frozen=True, slots=True)
class ScheduledText:
    """A text and the last call it is meant for, from 1.

    Attributes:
        until: The call.
        text: The text.
        origin: The pieces it was joined from, with their positions in the prompt.
    """

    until: int
    text: str
    origin: tuple[Text, ...]


def schedule(text: str, timeline: Timeline) -> tuple[ScheduledText, ...]:
    """The table of texts, its calls strictly increasing up to the budget.

    >>> table = schedule("a [cat:dog:0.8]", Timeline(calls=10))
    >>> [(entry.until, entry.text) for entry in table]
    [(8, 'a cat'), (10, 'a dog')]
    """
    body = parse(text).body
    switches: dict[int, int] = {}
    calls = {timeline.budget}
    for node in walk(body):
        if isinstance(node, Edit):
            switches[node.position] = timeline.switch(node.when)
        elif isinstance(node, Choice):
            calls.update(range(1, timeline.budget + 1))
    calls.update(call for call in switches.values() if call >= 1)
    return tuple(_entry(body, call, switches) for call in sorted(calls))


def index_at(untils: Sequence[int], call: int) -> int:
    """Index of the entry used at a call, counted from 0.

    It is the first entry whose last call is not below ``call``. The one counts from 0 and the
    other from 1, so the first entry lasts one call longer than written; a call beyond the table
    takes the first entry again. A1111 does both, and pictures depend on it.

    >>> [index_at([2, 4], call) for call in range(6)]
    [0, 0, 0, 1, 1, 0]
    """
    index = bisect_left(untils, call)
    return index if index < len(untils) else 0


def _entry(body: Body, call: int, switches: dict[int, int]) -> ScheduledText:
    """The prompt as it reads at one call."""
    pieces: list[Text] = []
    waiting = list(reversed(body))
    while waiting:
        node = waiting.pop()
        if isinstance(node, Text):
            pieces.append(node)
        elif isinstance(node, Edit):
            shown = node.before if call <= switches[node.position] else node.after
            waiting.extend(reversed(shown))
        else:
            waiting.extend(reversed(node.options[(call - 1) % len(node.options)]))
    return ScheduledText(call, "".join(piece.text for piece in pieces), tuple(pieces))
