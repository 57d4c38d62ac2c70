"""The ``velatura`` command: one sub-command a file, and one place where errors become exit codes.

Importing this module imports no torch, so that ``--help`` answers at once; the sub-commands load
what they need when they run.
"""

from __future__ import annotations

import sys
from typing import Annotated

import click
import typer
from rich.console import Console

from velatura.cli.doctor import doctor
from velatura.cli.info import info
from velatura.cli.models import models
from velatura.cli.prompt import prompt
from velatura.cli.samplers import samplers
from velatura.cli.txt2img import txt2img
from velatura.errors import PromptError, VelaturaError
from velatura.version import __version__

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""

app = typer.Typer(
    name="velatura",
    help="A Stable Diffusion studio: from the first prompt to the finished picture.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (txt2img, models, samplers, prompt, info, doctor):
    app.command()(command)


@app.callback(invoke_without_command=True)
def root(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    """A Stable Diffusion studio: from the first prompt to the finished picture."""
    if version:
        typer.echo(__version__)
        raise typer.Exit


def main() -> None:
    """Run the command line; one line on stderr and a telling exit code for every failure."""
    try:
        code = app(standalone_mode=False)
    except click.exceptions.Abort:
        code = INTERRUPTED
    except click.ClickException as error:
        code = report(error.format_message(), error.exit_code)
    except VelaturaError as error:
        caret = f"\n{error.caret()}" if isinstance(error, PromptError) else ""
        code = report(f"{error}{caret}", error.exit_code)
    except KeyboardInterrupt:
        code = INTERRUPTED
    sys.exit(code if isinstance(code, int) else 0)


def report(message: str, exit_code: int) -> int:
    """Print an error, give back its exit code."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(
        f"[bold red]error:[/] {message.replace('[', r'\[')}"
    )
    return exit_code
