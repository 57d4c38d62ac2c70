r"""Places where a prompt is read otherwise than its writer probably meant.

The prompt language is old and forgiving: a stray bracket, a ``|`` or a ``:1.2`` in the wrong
place changes the picture without a word. Each function here looks at one stage of the reading and
says what it found, as positions in the text that the stage was given.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from velatura.prompts.compose import AND, ComposedText
from velatura.prompts.emphasis import BREAK_WEIGHT, scan
from velatura.prompts.parse import Edit, Prompt, Text, walk
from velatura.prompts.tags import TAG

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from velatura.prompts.schedule import Timeline


@dataclass(frozen=True, slots=True, order=True)
class PromptWarning:
    """A place that is probably not read as meant.

    Attributes:
        position: Index of its first character.
        length: Its length in characters.
        message: What is read there, and what to write instead.
    """

    position: int
    length: int
    message: str


_BRACKET: Final = re.compile(r"\\.|[()\[\]]")

_COMMENT: Final = "'#' starts a comment: from here to the end of the line nothing is read"
_TAG: Final = "tags are read in the prompt only; in the negative prompt this is plain text"
_AND_WORD: Final = "'AND' is an ordinary word in a negative prompt"
_AND_INSIDE: Final = (
    "'AND' splits the prompt even inside brackets, and leaves both halves unbalanced"
)
_BREAK: Final = "'BREAK' is no break inside brackets but the word 'break' with a negative weight"
_BACKSLASH: Final = r"this backslash vanishes: it protects only ( ) [ ] and \ "
_LITERAL_BAR: Final = (
    "this '|' stands in no [a|b]: the whole prompt is taken literally and no [from:to:when] in "
    "it works"
)
_LITERAL_BACKSLASH: Final = (
    "this backslash protects nothing: the whole prompt is taken literally and no [from:to:when] "
    "in it works"
)
_NOT_WEIGHT: Final = (
    "this is an edit that never happens, not a weight: square brackets take none, write (text:0.8)"
)
_NOT_EDIT: Final = (
    "this is not read as an edit: it stays as it stands, at weight 0.91; an edit is "
    "[from:to:number]"
)
_UNUSED: Final = "this text is never used in the given steps"


def in_comments(text: str, comment: re.Pattern[str]) -> Iterator[PromptWarning]:
    """Comments that will be cut."""
    for match in comment.finditer(text):
        start = text.index("#", match.start())
        yield PromptWarning(start, len(text[start : match.end()].rstrip("\n")), _COMMENT)


def in_negative(text: str) -> Iterator[PromptWarning]:
    """What works in a prompt, but not in a negative one."""
    for match in TAG.finditer(text):
        yield PromptWarning(match.start(), len(match[0]), _TAG)
    for match in AND.finditer(text):
        yield PromptWarning(match.start(), len(match[0]), _AND_WORD)


def in_composition(text: str, parts: Sequence[ComposedText]) -> Iterator[PromptWarning]:
    """``AND`` inside brackets, and a number that scales the guidance of the whole prompt."""
    positions, depths = _depths(text)
    for match in AND.finditer(text):
        if depths[bisect_right(positions, match.start())]:
            yield PromptWarning(match.start(), len(match[0]), _AND_INSIDE)
    if len(parts) == 1 and parts[0].weighted:
        start = text.rindex(":")
        yield PromptWarning(
            start,
            len(text.rstrip()) - start,
            f"this number at the end multiplies the guidance of the whole prompt by "
            f"{parts[0].weight:g}",
        )


def in_schedule(
    text: str, prompt: Prompt, timeline: Timeline, calls_per_step: int
) -> Iterator[PromptWarning]:
    """Prompts without a schedule, and edits whose number says something else than it seems to."""
    if prompt.literal_from is not None:
        at = prompt.literal_from
        yield PromptWarning(at, 1, _LITERAL_BAR if text[at] == "|" else _LITERAL_BACKSLASH)
    for node in walk(prompt.body):
        if isinstance(node, Edit) and (message := _meaning(node, timeline, calls_per_step)):
            yield PromptWarning(node.position, node.length, message)
    for position, length in prompt.failed_edits:
        yield PromptWarning(position, length, _NOT_EDIT)


def in_use(prompt: Prompt, used: set[int]) -> Iterator[PromptWarning]:
    """Texts that no call of the network sees.

    Args:
        prompt: The prompt.
        used: Positions of the texts that are seen.
    """
    told: set[int] = set()
    for node in walk(prompt.body):
        if isinstance(node, Edit) and _is_weight_like(node):
            told.update(inner.position for inner in walk(node.after))
        if isinstance(node, Text) and node.text.strip() and node.position not in used | told:
            yield PromptWarning(node.position, len(node.text), _UNUSED)


def in_emphasis(text: str) -> Iterator[PromptWarning]:
    """Unbalanced brackets, edits that are none, breaks in brackets and lost backslashes.

    Raises:
        PromptError: if a weight is not a number.
    """
    scanned = scan(text)
    for piece in scanned.pieces:
        typed = text[piece.position : piece.position + 1]
        if piece.text == "BREAK" and piece.weight != BREAK_WEIGHT:
            yield PromptWarning(piece.position, len(piece.text), _BREAK)
        elif typed == "\\" and not piece.text:
            yield PromptWarning(piece.position, 1, _BACKSLASH)
        elif piece.text == typed and typed in (")", "]"):
            yield PromptWarning(
                piece.position, 1, f"this {typed!r} closes nothing and is read as a character"
            )
    for group in scanned.groups:
        if group.end is None:
            yield PromptWarning(
                group.position,
                1,
                f"this {group.opener!r} is never closed: everything behind it has its weight "
                f"multiplied by {group.factor:.2f}",
            )


def _depths(text: str) -> tuple[list[int], list[int]]:
    """Where the number of brackets around changes, and what it is before, between and after."""
    waiting: dict[str, list[int]] = {")": [], "]": []}
    edges: list[tuple[int, int]] = []
    for match in _BRACKET.finditer(text):
        token = match[0]
        if token in "([":
            waiting[")" if token == "(" else "]"].append(match.start())
        elif token in ")]" and waiting[token]:
            edges += [(waiting[token].pop(), 1), (match.start(), -1)]
    edges.sort()
    depths = list(accumulate((change for _, change in edges), initial=0))
    return [position for position, _ in edges], depths


def _is_weight_like(edit: Edit) -> bool:
    """Whether ``[text:1.2]`` was probably meant as a weight."""
    return not edit.has_before and "." in edit.when and 1.0 < float(edit.when) <= 2.0


def _meaning(edit: Edit, timeline: Timeline, calls_per_step: int) -> str | None:
    """What an edit's number says, where that is easily mistaken."""
    value = float(edit.when)
    if _is_weight_like(edit):
        return _NOT_WEIGHT
    if timeline.old or "." in edit.when:
        return None
    if value == 1:
        return "1 without a dot is the first call of the network; write 1.0 for all steps"
    if 0 < value < 1:
        return f"{edit.when} has no dot, so it is a call and not a share: this switches at once"
    if calls_per_step > 1 and 1 < value < timeline.budget:
        step = (timeline.switch(edit.when) + 1) // calls_per_step + 1
        return (
            f"{edit.when} counts calls of the network, of which this sampler makes "
            f"{calls_per_step} a step: this switches in step {step}"
        )
    return None
