"""``velatura prompt``: how a prompt is read, before anything is painted."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from velatura.cli.fields import Naming, takes_fields
from velatura.cli.options import AsJson
from velatura.cli.terminal import terminal
from velatura.diffusion.samplers import find_sampler
from velatura.errors import RequestError
from velatura.prompts.reading import read_prompt
from velatura.records import TextOptions, Txt2Img

if TYPE_CHECKING:
    from velatura.prompts.reading import Reading, ReadPart, ReadText, ReadToken

TEXT = Naming(record=TextOptions)
DEFAULTS = Txt2Img()


@takes_fields(TEXT)
def prompt(
    text: Annotated[str, typer.Argument(help="The prompt.")],
    values: dict[str, Any],
    steps: Annotated[int, typer.Option(help="Sampling steps.")] = DEFAULTS.steps,
    sampler: Annotated[str, typer.Option(help="Some call the network twice a step.")] = "Euler a",
    negative: Annotated[
        bool, typer.Option("--negative", help="Read it as a negative prompt.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show how a prompt is read: chunks, real weights, and what is in force at which step."""
    if not 1 <= steps <= 1000:
        raise RequestError(f"--steps: must be from 1 to 1000, got {steps}", field="steps")
    entry, _ = find_sampler(sampler)
    options = TEXT.record_from(values)
    reading = read_prompt(text, steps, entry.calls_per_step, options, negative=negative)
    if as_json:
        typer.echo(json.dumps(dataclasses.asdict(reading), default=_plain, ensure_ascii=False))
    else:
        show_reading(reading, terminal())


def show_reading(reading: Reading, console: Console) -> None:
    """Print a reading: parts with their timelines and chunks, then tags and warnings."""
    console.print(f"{reading.tokens_used}/{reading.token_limit} tokens")
    for part in reading.parts:
        _show_part(part, console, is_only=len(reading.parts) == 1)
    for tag in reading.tags:
        arguments = [*tag.positional, *(f"{k}={v}" for k, v in tag.named.items())]
        console.print(f"network [bold]{escape(tag.word)}[/]: {escape(', '.join(arguments))}")
    show_warnings(reading, console)


def show_warnings(reading: Reading, console: Console) -> None:
    """Print what is probably not read as meant, each with its place in the prompt."""
    for warning in reading.warnings:
        end = warning.position + warning.length
        place = reading.text[warning.position : end].replace("\n", " ")
        console.print(
            f"[yellow]warning:[/] {escape(warning.message)} "
            f"[dim](at character {warning.position + 1}: {escape(place)!r})[/]",
            soft_wrap=True,
        )


def _show_part(part: ReadPart, console: Console, *, is_only: bool) -> None:
    if not is_only or part.weight != 1:
        console.print(f"part with weight {part.weight:g}")
    table = Table("steps", "text", "chunks: tokens, with their weight where it is not 1")
    for entry in part.schedule:
        table.add_row(_describe_steps(entry), escape(entry.text), _describe_chunks(entry))
    console.print(table)


def _describe_steps(entry: ReadText) -> str:
    if entry.steps is None:
        return "never"
    first, last = entry.steps
    return str(first) if first == last else f"{first}-{last}"


def _describe_chunks(entry: ReadText) -> str:
    return "\n".join(" ".join(map(_describe_token, chunk)) or "(empty)" for chunk in entry.chunks)


def _describe_token(token: ReadToken) -> str:
    text = escape(token.text)
    return text if token.weight == 1 else f"{text}[cyan]×{token.weight:.4g}[/]"


def _plain(value: object) -> object:
    if isinstance(value, range):
        return [value.start, value.stop]
    raise TypeError(type(value).__name__)
