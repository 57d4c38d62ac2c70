"""The ``velatura`` command: one sub-command a file, and one place where errors become exit codes.

Importing this module imports no torch, so that ``--help`` answers at once; the sub-commands load
what they need when they run.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from importlib import import_module
from typing import Annotated

import typer
from typer.exceptions import TyperException

from velatura.cli.terminal import literal, say, terminal
from velatura.errors import TextError, VelaturaError
from velatura.version import __version__

COMMANDS = {
    "txt2img": "Paint pictures from words.",
    "img2img": "Paint over a picture: a sketch, a photograph, an earlier result.",
    "inpaint": "Paint a part of a picture anew; outside the mask nothing changes.",
    "outpaint": "Continue a picture beyond its edges.",
    "sd-upscale": "Enlarge a picture, and paint over it tile by tile.",
    "grid": "Paint a picture with settings varied, and show all of them side by side.",
    "upscale": "Make pictures larger.",
    "faces": "Restore the faces in pictures, or paint them anew.",
    "adjust": "Adjust tones, colours, size and frame of a picture.",
    "run": "Carry out a workflow; what has not changed is not made again.",
    "workflow": "Print the workflow that makes a picture, out of its file.",
    "verify": "Make a picture again from its file, and say whether it is the same.",
    "studio": "Start the studio: the server, its queue and its worker.",
    "library": "Bring a folder of pictures into the studio's library, or find pictures there.",
    "models": "List the models found: checkpoints, VAE, LoRA, embeddings, upscalers and others.",
    "samplers": "List the samplers and the schedules.",
    "upscalers": "List the upscalers: those of pixels, of latents, and files found.",
    "prompt": "Show how a prompt is read: chunks, real weights, what is in force at which step.",
    "info": "Print how a picture was made, as its file tells.",
    "doctor": "Report devices, memory, models found and versions; or attack a studio.",
}
"""Each sub-command, a module of this package with a function of the same name, and its summary."""

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""


def make_app(called: str = "") -> typer.Typer:
    """The command line. Only the command that is ``called`` is imported.

    The others stand in the help by their summaries, so that it is there at once.
    """
    app = typer.Typer(
        name="velatura",
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback(invoke_without_command=True)(root)
    for name, summary in COMMANDS.items():
        if name == called:
            module = name.replace("-", "_")
            app.command(name)(getattr(import_module(f"velatura.cli.{module}"), module))
        else:
            app.command(name, help=summary)(root)
    return app


def root(
    version: Annotated[
        bool, typer.Option("--version", metavar="", help="Print the version and stop.")
    ] = False,
) -> None:
    """A Stable Diffusion studio: from the first prompt to the finished picture."""
    if version:
        say(__version__)
        raise typer.Exit


def main() -> None:
    """Run the command line; one line on stderr and a telling exit code for every failure."""
    atexit.register(gc.freeze)  # PyTorch takes a second to be looked through, and goes anyway
    try:
        words = sys.argv[1:] or ["--help"]
        app = make_app(next((word for word in words if not word.startswith("-")), ""))
        code = app(words, standalone_mode=False)
        sys.stdout.flush()
    except typer.Abort:
        code = INTERRUPTED
    except TyperException as error:
        code = report(error.format_message(), error.exit_code)
    except VelaturaError as error:
        caret = f"\n{error.caret()}" if isinstance(error, TextError) else ""
        code = report(f"{error}{caret}", error.exit_code)
    except KeyboardInterrupt:
        code = INTERRUPTED
    except BrokenPipeError:
        code = forget_output()
    sys.exit(code if isinstance(code, int) else 0)


def report(message: str, exit_code: int) -> int:
    """Print an error, give back its exit code."""
    terminal(stderr=True).print("[bold red]error:[/]", literal(message), soft_wrap=True)
    return exit_code


def forget_output() -> int:
    """Let what is still buffered go nowhere: whoever read our output has closed it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1
