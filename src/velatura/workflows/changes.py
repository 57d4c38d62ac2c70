"""Settings of a document changed from outside, as in ``stages.compose.seed=7``."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, get_type_hints

from velatura.errors import WorkflowError
from velatura.records import REQUESTS, bitmap_fields
from velatura.workflows.yaml_text import Parsed, parse_yaml

if TYPE_CHECKING:
    from collections.abc import Sequence

EXAMPLE = "stages.compose.seed=7"


def changed(parsed: Parsed, changes: Sequence[str]) -> Parsed:
    """The document with the changes made, in their order.

    Args:
        parsed: Stays as it is.
        changes: Each a path of names, an equals sign and a value.

    Raises:
        WorkflowError: no such place, or no value.
    """
    if not changes:
        return parsed
    document = Parsed(copy.deepcopy(parsed.value), dict(parsed.places))
    for change in changes:
        path, equals, text = change.partition("=")
        names = tuple(path.strip().split("."))
        if not equals or not all(names):
            raise WorkflowError(f"{change!r}: expected a path and a value such as {EXAMPLE}")
        _put(document.value, names, text, change)
        document.places[names] = change
    return document


def pick_change(text: str) -> str:
    """The change that ``compose=3`` is short for.

    >>> pick_change("compose=3")
    'stages.compose.pick=3'
    """
    name, equals, number = text.partition("=")
    if not equals or "." in name:
        raise WorkflowError(f"{text!r}: expected a stage and a number such as compose=3")
    return f"stages.{name}.pick={number}"


def _put(value: Any, names: tuple[str, ...], text: str, change: str) -> None:  # noqa: ANN401
    *way, last = names
    stage: Any = None
    for depth, name in enumerate(way):
        if not isinstance(value, dict):
            raise WorkflowError(f"{change!r}: {'.'.join(way[:depth])} has no settings of its own")
        if name not in value and way[0] == "stages" and depth == 1:
            listed = ", ".join(value)
            raise WorkflowError(f"{change!r}: no stage {name!r}; there is {listed}")
        value = value.setdefault(name, {})
        stage = value if depth == 1 else stage
    if not isinstance(value, dict):
        raise WorkflowError(f"{change!r}: {'.'.join(way)} has no settings of its own")
    value[last] = text if _is_text(stage, names) else _typed(text, change)


def _is_text(stage: Any, names: tuple[str, ...]) -> bool:  # noqa: ANN401
    """Whether the setting is a text, which needs no quotes then."""
    if names[0] in ("images", "result"):
        return True
    kind = REQUESTS.get(str(stage.get("kind"))) if isinstance(stage, dict) else None
    if names[0] == "defaults" and len(names) == 2:
        return any(_is_text_field(each, names[1:]) for each in REQUESTS.values())
    return kind is not None and _is_text_field(kind, names[2:])


def _is_text_field(kind: Any, names: tuple[str, ...]) -> bool:  # noqa: ANN401
    for name in names[:-1]:
        hints = get_type_hints(kind)
        kind = next(
            (
                each
                for each in (hints.get(name), *getattr(hints.get(name), "__args__", ()))
                if hasattr(each, "__dataclass_fields__")
            ),
            None,
        )
        if kind is None:
            return False
    hints = get_type_hints(kind)
    return hints.get(names[-1]) is str or names[-1] in bitmap_fields(kind)


def _typed(text: str, change: str) -> Any:  # noqa: ANN401
    try:
        return parse_yaml(text).value
    except WorkflowError as error:
        raise WorkflowError(f"{change!r}: {error}") from error
