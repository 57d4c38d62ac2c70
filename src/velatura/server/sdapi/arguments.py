"""What a script of A1111 is: a title, arguments by place, and what carries it out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from velatura.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from velatura.compare import Sheet
    from velatura.records import Img2Img, Txt2Img
    from velatura.server.sdapi.calls import Call, Made

    Base = Txt2Img | Img2Img


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drawn:
    """What a script gives: sheets, then pictures."""

    sheets: Sequence[Sheet] = ()
    pictures: Sequence[Made] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """An argument of a script, as ``script-info`` tells it."""

    label: str
    value: Any = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """An entry of ``SCRIPTS``.

    Attributes:
        title: Its name in the API.
        arguments: In order.
        run: What carries it out; None where the translation does all of it.
        is_img2img: Whether it only works on a picture.
    """

    title: str
    arguments: tuple[Argument, ...]
    run: Callable[[Call, Base, Args], Awaitable[Drawn]] | None = None
    is_img2img: bool = False


class Args:
    """A script's arguments, by place, with their defaults.

    Args:
        script: Whose.
        values: What the body says.
    """

    def __init__(self, script: Script, values: Sequence[Any]) -> None:
        self._script = script
        defaults = [argument.value for argument in script.arguments]
        self._values = [*values, *defaults[len(values) :]]

    def __getitem__(self, index: int) -> Any:  # noqa: ANN401
        return self._values[index]

    def number(self, index: int, least: float, most: float) -> float:
        """A number within limits.

        Raises:
            RequestError: it is none.
        """
        value = self._values[index]
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.refused(index, "expected a number")
        if not least <= value <= most:
            raise self.refused(index, f"must be from {least:g} to {most:g}")
        return value

    def text(self, index: int) -> str:
        """A text.

        Raises:
            RequestError: it is none.
        """
        value = self._values[index]
        if not isinstance(value, str):
            raise self.refused(index, "expected a text")
        return value

    def texts(self, index: int) -> list[str]:
        """A list of texts; one of them may stand alone.

        Raises:
            RequestError: it is none.
        """
        value = self._values[index]
        items: list[Any] = value if isinstance(value, list) else [value]
        if not all(isinstance(item, str) for item in items):
            raise self.refused(index, "expected a list of texts")
        return items

    def refused(self, index: int, why: str) -> RequestError:
        """The refusal of an argument."""
        label = self._script.arguments[index].label
        return RequestError(
            f"script_args: {self._script.title}: {label}: {why}, "
            f"got {str(self._values[index])[:80]!r}",
            field="script_args",
        )
