"""A record's fields as command-line options.

Names, types, defaults and help texts are read off the record and its docstring, so that a field
added to a request appears on the command line by itself, and nothing is listed twice.
"""

from __future__ import annotations

import functools
import inspect
import re
from contextlib import contextmanager
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_origin, get_type_hints

import typer

from velatura.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping


@dataclass(frozen=True, kw_only=True)
class Naming:
    """How a record's fields are called on the command line.

    Attributes:
        record: The record the options make.
        prefix: Put before every name: "hires-" turns ``scale`` into ``--hires-scale``.
        names: Option names that differ from the field's, such as guidance_scale -> "cfg".
        leave: Fields that are no option here.
        panel: Heading under which the help lists them.
        extra: Text added to a field's help.
    """

    record: type
    prefix: str = ""
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    leave: frozenset[str] = frozenset()
    panel: str | None = None
    extra: Mapping[str, str] = field(default_factory=dict[str, str])

    def option(self, name: str) -> str:
        """The option that sets a field.

        >>> Naming(record=object, prefix="hires-").option("sigma_min")
        '--hires-sigma-min'
        """
        return "--" + self.names.get(name, self.prefix + name.replace("_", "-"))

    def parameter(self, name: str) -> str:
        """The Python parameter that carries a field's value."""
        return self.option(name).removeprefix("--").replace("-", "_")

    def fields(self) -> list[str]:
        """The fields that are options."""
        return [entry.name for entry in fields(self.record) if entry.name not in self.leave]

    def record_from(self, values: Mapping[str, Any], **others: Any) -> Any:  # noqa: ANN401
        """The record with the values of its options, and of the ``others`` that are none.

        Raises:
            RequestError: naming the option whose value is outside its limits.
        """
        with says_options(self):
            return self.record(**self._given(values), **others)

    def _given(self, values: Mapping[str, Any]) -> dict[str, Any]:
        given = {name: values[self.parameter(name)] for name in self.fields()}
        for entry in fields(self.record):
            if isinstance(entry.default, tuple):
                given[entry.name] = tuple(given.get(entry.name) or ())
        return given


@contextmanager
def says_options(*namings: Naming) -> Generator[None, None, None]:
    """Let errors about a field speak of the option that sets it."""
    try:
        yield
    except RequestError as error:
        for naming in namings:
            if error.field in {entry.name for entry in fields(naming.record)}:
                said = str(error).removeprefix(f"{error.field}: ")
                raise RequestError(
                    f"{naming.option(error.field)}: {said}", field=error.field
                ) from error
        raise


def takes_fields(*namings: Naming) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command, beside its own parameters, an option for each field of the records.

    The command receives their values as one mapping in its parameter ``values``.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        own = inspect.signature(command, eval_str=True).parameters
        generated = [_parameter(naming, name) for naming in namings for name in naming.fields()]
        kept = [parameter for name, parameter in own.items() if name != "values"]
        names = {parameter.name for parameter in generated}

        @functools.wraps(command)
        def wrapper(**given: Any) -> None:  # noqa: ANN401
            values = {name: value for name, value in given.items() if name in names}
            rest = {name: value for name, value in given.items() if name not in names}
            command(values=values, **rest)

        parameters = [
            parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
            for parameter in [*kept, *generated]
        ]
        wrapper.__signature__ = inspect.Signature(parameters)  # pyright: ignore[reportAttributeAccessIssue]
        wrapper.__annotations__ = {p.name: p.annotation for p in parameters}
        return wrapper

    return decorate


def _parameter(naming: Naming, name: str) -> inspect.Parameter:
    hint = get_type_hints(naming.record, include_extras=True)[name]
    kind = _plain_type(hint)
    names = [naming.option(name)]
    if kind is bool and _default(naming.record, name) is True:
        names = [f"{names[0]}/--no-{names[0].removeprefix('--')}"]
    text = f"{_descriptions(naming.record).get(name, '')} {naming.extra.get(name, '')}".strip()
    option = typer.Option(*names, help=text, rich_help_panel=naming.panel)
    return inspect.Parameter(
        naming.parameter(name),
        inspect.Parameter.KEYWORD_ONLY,
        default=_default(naming.record, name),
        annotation=Annotated[kind, option],
    )


def _default(record: type, name: str) -> Any:  # noqa: ANN401
    entry = next(entry for entry in fields(record) if entry.name == name)
    value = entry.default if entry.default is not MISSING else entry.default_factory()  # pyright: ignore[reportCallIssue]
    return list(value) or None if isinstance(value, tuple) else value  # pyright: ignore[reportUnknownArgumentType]


def _plain_type(hint: Any) -> Any:  # noqa: ANN401
    """An annotation without limits: the record itself checks those, with better words."""
    origin = get_origin(hint)
    if origin is Annotated:
        return _plain_type(get_args(hint)[0])
    if origin is tuple:
        return list[str] | None
    if origin is None or origin is Literal:
        return hint
    (inner,) = {_plain_type(arg) for arg in get_args(hint) if arg is not type(None)}
    return inner | None


@functools.cache
def _descriptions(record: type) -> dict[str, str]:
    """Field name to description, from the ``Attributes:`` section of the docstring."""
    if not is_dataclass(record):
        return {}
    _, _, section = inspect.getdoc(record).partition("Attributes:\n")  # pyright: ignore[reportOptionalMemberAccess]
    entries = re.findall(r"^    (\w+): (.+(?:\n {8}.+)*)", section, flags=re.MULTILINE)
    return {name: " ".join(text.split()) for name, text in entries}
