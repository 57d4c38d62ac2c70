"""YAML as plain values that know where they stand, and plain values as YAML.

A small and safe part of the language: mappings, lists, texts, numbers, true, false and null, read
as YAML 1.2's core schema has them ("no" is a text, "1:30" too). Anchors, aliases and tags, which
let a short text unfold into a huge one or name code, are refused; so are duplicate keys.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from velatura.errors import WorkflowError

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_TEXT = 32 * 2**20
"""Characters of a document."""

DEEPEST = 24
"""Mappings and lists within one another."""

MOST_VALUES = 200_000

Path = tuple[str | int, ...]
"""The keys and indices that lead to a value."""

_INTEGER = re.compile(r"[-+]?[0-9]{1,40}")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", "+.inf"), math.inf),
    "-.inf": -math.inf,
    ".nan": math.nan,
}

_BREAKS = re.compile(
    "[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
"""Characters that only a quoted text with escapes brings back."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A document's value, and where each part of it stands.

    Attributes:
        value: Dicts, lists, texts, numbers, booleans, None.
        places: "line 3, column 5" by path.
    """

    value: Any
    places: dict[Path, str] = field(default_factory=dict[Path, str])

    def place(self, path: Path) -> str:
        """Where a value stands, or the nearest one around it."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, "line 1")


def parse_yaml(text: str) -> Parsed:
    """The value of a document.

    Raises:
        WorkflowError: not YAML, or more of it than is understood here; with the place.
    """
    if len(text) > LONGEST_TEXT:
        raise WorkflowError(f"longer than {LONGEST_TEXT} characters; put images into files")
    try:
        composer = _Composer(text)
        return Parsed(composer.document(), composer.places)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error).partition("\n")[0]
        raise WorkflowError(f"{_place(mark)}: not readable as YAML: {problem}") from error


def format_yaml(value: Any) -> str:  # noqa: ANN401
    """Plain values as YAML that :func:`parse_yaml` reads back as they are."""
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


class _Composer:
    """Makes values of the parser's events, one document."""

    def __init__(self, text: str) -> None:
        self._events: Iterator[Any] = iter(yaml.parse(text, Loader=_PARSER))
        self.places: dict[Path, str] = {}

    def document(self) -> Any:  # noqa: ANN401
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                value = self._value(next(self._events), ())
                self._refuse_more()
                return value
        return None

    def _refuse_more(self) -> None:
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                raise WorkflowError(f"{_place(event.start_mark)}: a second document; keep one")

    def _value(self, event: Any, path: Path) -> Any:  # noqa: ANN401
        place = _place(event.start_mark)
        self.places[path] = place
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise WorkflowError(
                f"{place}: anchors and aliases are not understood; repeat the value"
            )
        if event.tag not in (None, "!"):
            raise WorkflowError(
                f"{place}: tags such as {event.tag!r} are not understood; leave it out"
            )
        if len(path) > DEEPEST or len(self.places) > MOST_VALUES:
            raise WorkflowError(f"{place}: nested too deeply, or with too many values")
        if isinstance(event, yaml.ScalarEvent):
            return _plain(event.value) if event.implicit[0] else event.value
        return self._list(path) if isinstance(event, yaml.SequenceStartEvent) else self._dict(path)

    def _list(self, path: Path) -> list[Any]:
        values: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            values.append(self._value(event, (*path, len(values))))
        return values

    def _dict(self, path: Path) -> dict[str, Any]:
        values: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            place = _place(event.start_mark)
            if not isinstance(event, yaml.ScalarEvent) or event.anchor or event.tag:
                raise WorkflowError(f"{place}: a key must be a plain word")
            if event.value in values:
                raise WorkflowError(f"{place}: {event.value!r} stands here twice; keep one")
            values[event.value] = self._value(next(self._events), (*path, event.value))
            self.places[(*path, event.value)] = place
        return values


def _plain(word: str) -> Any:  # noqa: ANN401
    """What a word without quotes means."""
    if word in _WORDS:
        return _WORDS[word]
    if _INTEGER.fullmatch(word):
        return int(word)
    return float(word) if _NUMBER.fullmatch(word) else word


_PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_EMITTER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def _place(mark: Any) -> str:  # noqa: ANN401
    return f"line {mark.line + 1}, column {mark.column + 1}" if mark else "line 1"


class _Dumper(_EMITTER):
    """Quotes whatever some version of YAML would take for something else than a text."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - the emitter's own signature
        return True


def _represent_text(dumper: Any, text: str) -> Any:  # noqa: ANN401
    text = text.encode("utf-8", errors="replace").decode("utf-8")  # lone surrogates
    style = '"' if _BREAKS.search(text) else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _represent_list(dumper: Any, values: list[Any]) -> Any:  # noqa: ANN401
    """Lists of numbers and short words in one line, others item by item."""
    is_flat = not any(isinstance(part, dict) for part in values)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", values, flow_style=is_flat)


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(list, _represent_list)
_Dumper.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(rf"({_NUMBER.pattern})\Z"), list("-+.0123456789")
)
