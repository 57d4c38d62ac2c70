"""The terminal, as every command writes to it."""

from __future__ import annotations

import unicodedata

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from velatura.errors import OutputError


def terminal(*, stderr: bool = False) -> Console:
    """Standard output or error; text is taken as it is: no emoji from ``:dog:``, no colouring."""
    return Console(stderr=stderr, emoji=False, highlight=False)


def say(result: str | Table) -> None:
    """Write a result on standard output; text as it is but for control characters.

    Raises:
        OutputError: standard output takes no more.
    """
    try:
        if isinstance(result, str):
            typer.echo(legible(result))
        else:
            terminal().print(result)
    except BrokenPipeError:
        raise  # nobody reads on; not an error of ours
    except OSError as error:
        raise OutputError(f"standard output cannot be written to: {error.strerror}") from error


def note(text: str, *, heading: str = "note:") -> None:
    """Write a remark on standard error."""
    terminal(stderr=True).print(f"[yellow]{heading}[/] {literal(text)}", soft_wrap=True)


def literal(text: str) -> str:
    """The text for a console that reads markup: shown as it is, brackets and all."""
    return escape(legible(text))


def legible(text: str) -> str:
    r"""The text with control characters spelled out: what a file says cannot steer a terminal.

    >>> print(legible("red\x1b[31m, new\nline"))
    red\x1b[31m, new
    line
    """
    return "".join(sign if _is_harmless(sign) else repr(sign)[1:-1] for sign in text)


def _is_harmless(sign: str) -> bool:
    return sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs")
