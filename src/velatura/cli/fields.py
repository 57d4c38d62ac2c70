"""A record's fields as command-line options.

Names, types, defaults and help texts are read off the record and its docstring, so that a field
added to a request appears on the command line by itself, and nothing is listed twice.
"""

from __future__ import annotations

import functools
import inspect
from contextlib import contextmanager
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_origin, get_type_hints

import typer
from rich.markup import escape

from velatura.errors import VelaturaError, concerning
from velatura.records.descriptions import descriptions

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping


@dataclass(frozen=True, kw_only=True)
class Naming:
    """How a record's fields are called on the command line.

    Attributes:
        record: The record the options make.
        path: Where that record lies in the request: "hires." for ``Txt2Img.hires``.
        prefix: Put before every name: "hires-" turns ``scale`` into ``--hires-scale``.
        names: Option names that differ from the field's, such as guidance_scale -> "cfg".
        leave: Fields that are no option here.
        panel: Heading under which the help lists them.
        extra: Text added to a field's help.
    """

    record: type
    path: str = ""
    prefix: str = ""
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    leave: frozenset[str] = frozenset()
    panel: str | None = None
    extra: Mapping[str, str] = field(default_factory=dict[str, str])

    def option(self, name: str) -> str:
        """The option that sets a field; one that is on by default is switched off.

        >>> Naming(record=object, prefix="hires-").option("sigma_min")
        '--hires-sigma-min'
        """
        word = self.names.get(name, self.prefix + name.replace("_", "-"))
        return f"--no-{word}" if _is_on(self.record, name) else f"--{word}"

    def parameter(self, name: str) -> str:
        """The Python parameter that carries a field's value."""
        return self.option(name).removeprefix("--").replace("-", "_")

    def fields(self) -> list[str]:
        """The fields that are options."""
        known = fields(self.record) if is_dataclass(self.record) else ()
        return [entry.name for entry in known if entry.name not in self.leave]

    def record_from(self, values: Mapping[str, Any], **others: Any) -> Any:  # noqa: ANN401
        """The record with the values of its options, and of the ``others`` that are none.

        Raises:
            RequestError: naming the option whose value is outside its limits.
        """
        with says_options(self), concerning(self.path.removesuffix(".")):
            return self.record(**self._given(values), **others)

    def option_of(self, field: str) -> str | None:
        """The option that sets a field of the request; None where none here does.

        >>> Naming(record=object, path="hires.", names={"scale": "by"}).option_of("hires.scale")
        '--by'
        """
        name = field.removeprefix(self.path)
        if field != self.path + name or not (name in self.names or name in self.fields()):
            return None
        return self.option(name)

    def _given(self, values: Mapping[str, Any]) -> dict[str, Any]:
        given = {name: values[self.parameter(name)] for name in self.fields()}
        given |= {name: not value for name, value in given.items() if _is_on(self.record, name)}
        for entry in fields(self.record):
            if isinstance(entry.default, tuple):
                given[entry.name] = tuple(given.get(entry.name) or ())
        return given


@contextmanager
def says_options(*namings: Naming) -> Generator[None, None, None]:
    """Let errors about a field speak of the option that sets it."""
    try:
        yield
    except VelaturaError as error:
        option = next(filter(None, (naming.option_of(error.field) for naming in namings)), None)
        if option is not None:
            name = error.field.rpartition(".")[2]
            said = str(error).removeprefix(f"{name}: ").removeprefix(f"{option}: ")
            error.args = (f"{option}: {said}",)
        raise


@contextmanager
def says(option: str) -> Generator[None, None, None]:
    """Let errors speak of an option; ``{field}`` in its name stands for the error's own field."""
    try:
        yield
    except VelaturaError as error:
        error.args = (f"{option.format(field=error.field)}: {error}",)
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
    option = typer.Option(
        naming.option(name),
        help=_help(naming, name, get_args(kind) if get_origin(kind) is Literal else ()),
        metavar=_metavar(kind),
        rich_help_panel=naming.panel,
    )
    return inspect.Parameter(
        naming.parameter(name),
        inspect.Parameter.KEYWORD_ONLY,
        default=False if kind is bool else _default(naming.record, name),
        annotation=Annotated[kind, option],
    )


def _help(naming: Naming, name: str, choices: tuple[str, ...]) -> str:
    """The field's description, for a terminal that reads markup."""
    text = descriptions(naming.record).get(name, "")
    if _is_on(naming.record, name):
        text = f"Switch off: {text[:1].lower()}{text[1:]}"
    listed = f"One of: {', '.join(choices)}." if choices else ""
    words = " ".join(filter(None, (text, naming.extra.get(name, ""), listed)))
    return escape(words.replace("``", "'"))


def _metavar(kind: Any) -> str:  # noqa: ANN401
    """What stands for an option's value; short, so that names are never cut off in the help."""
    if kind is bool:
        return ""
    if get_origin(kind) is Literal:
        return "NAME"
    return {int: "N", float: "X", str: "TEXT"}.get(kind, "X" if kind == float | None else "TEXT")


def _is_on(record: type, name: str) -> bool:
    """Whether a field is a statement that holds by default."""
    known = fields(record) if is_dataclass(record) else ()
    return any(entry.name == name and entry.default is True for entry in known)


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
