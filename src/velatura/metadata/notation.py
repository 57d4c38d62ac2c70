"""The infotext: prompt, negative prompt and ``Key: value`` pairs as one text.

    a photo of a cat
    Negative prompt: blurry
    Steps: 20, Sampler: Euler a, CFG scale: 7.0, Seed: 1, Size: 512x512

Every program of the field reads it. It is not free of ambiguity: blanks at the ends of a prompt's
lines are lost, and a line of the prompt that itself starts with ``Negative prompt:`` is taken for
the negative. Files written by Velatura therefore also hold the request as JSON, which wins.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

NEGATIVE_MARK = "Negative prompt:"

LEAST_PAIRS = 3
"""A last line with fewer recognised pairs belongs to the prompt."""

_KEY = re.compile(r"[\w \-/]*")
_VALUE = re.compile(
    r"""
    \s* (?P<value>
        " (?: \\. | [^\\"] )+ "             # a JSON string ...
        | [^,]*                             # ... or all up to the next comma
    ) (?: , | $ )
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Infotext:
    """What an infotext says, before anything is made of it.

    Attributes:
        prompt: The prompt, lines stripped.
        negative_prompt: The negative prompt, lines stripped.
        fields: The pairs in their order, values unquoted.
    """

    prompt: str = ""
    negative_prompt: str = ""
    fields: dict[str, str] = field(default_factory=dict[str, str])

    def __str__(self) -> str:
        """The text, as it stands in files."""
        pairs = [f"{key}: {quoted(value)}" for key, value in self.fields.items()]
        negative = f"\n{NEGATIVE_MARK} {self.negative_prompt}" if self.negative_prompt else ""
        return f"{self.prompt}{negative}\n{', '.join(pairs)}".strip()


def parse_infotext(text: str) -> Infotext:
    r"""The parts of an infotext. Any text is one; a text without pairs is all prompt.

    >>> parse_infotext("a cat\nSteps: 20, Sampler: Euler, Seed: 1").fields["Sampler"]
    'Euler'
    """
    *lines, last = text.strip().split("\n")
    pairs = list(_pairs(last))
    if len(pairs) < LEAST_PAIRS:
        lines, pairs = [*lines, last], []
    prompt, negative = _split_prompts(lines)
    return Infotext(prompt, negative, dict(pairs))


def _pairs(line: str) -> Iterator[tuple[str, str]]:
    """Keys and values of a line, left to right.

    A key is two characters or more, of letters, digits, blanks, ``-`` and ``/``, right before a
    colon. It is looked for from the colon backwards: a search forwards would try every word of a
    long prompt as the beginning of a key, in quadratic time.
    """
    done = 0
    while (colon := line.find(":", done)) >= 0:
        before = _KEY.match(line[done:colon][::-1])
        key = before[0][::-1].lstrip(" -/") if before else ""
        done = colon + 1
        if len(key) >= 2:
            value = _VALUE.match(line, done)
            assert value is not None, "a value may be anything"
            done = value.end()
            yield key, unquoted(value["value"])


def quoted(value: str) -> str:
    """A value as a pair holds it: JSON where a reader would otherwise take it differently."""
    is_plain = value == value.strip() and not value.startswith('"')
    is_plain = is_plain and not re.search(r"[,:\n]", value)
    return value if is_plain else json.dumps(value, ensure_ascii=False)


def unquoted(value: str) -> str:
    """The value of a pair; what is not a JSON string after all stays as it is."""
    if not (len(value) > 1 and value[0] == value[-1] == '"'):
        return value
    try:
        text = str(json.loads(value))
        text.encode()
    except ValueError:  # no JSON, or half a character in it
        return value
    return text


def _split_prompts(lines: list[str]) -> tuple[str, str]:
    """Prompt and negative prompt; the negative runs from its mark to the end."""
    prompt = negative = ""
    in_negative = False
    for raw in lines:
        line = raw.strip()
        if line.startswith(NEGATIVE_MARK):
            in_negative = True
            line = line.removeprefix(NEGATIVE_MARK).strip()
        if in_negative:
            negative = f"{negative}\n{line}" if negative else line
        else:
            prompt = f"{prompt}\n{line}" if prompt else line
    return prompt, negative
