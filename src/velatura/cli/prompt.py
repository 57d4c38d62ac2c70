"""``velatura prompt``: how a prompt is read, before anything is painted."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from velatura.cli.fields import Naming, says_options, takes_fields
from velatura.cli.options import AsJson
from velatura.cli.terminal import literal, say, terminal
from velatura.diffusion.samplers import find_sampler
from velatura.prompts.reading import read_prompt
from velatura.records import TextOptions, Txt2Img

if TYPE_CHECKING:
    from velatura.prompts.reading import Reading, ReadPart, ReadText, ReadToken

RUN = Naming(
    record=Txt2Img,
    leave=frozenset(entry.name for entry in dataclasses.fields(Txt2Img)) - {"steps", "sampler"},
)
TEXT = Naming(record=TextOptions, path="text.", panel="Reading of prompts")


@takes_fields(RUN, TEXT)
def prompt(
    text: Annotated[str, typer.Argument(help="The prompt.")],
    values: dict[str, Any],
    negative: Annotated[
        bool, typer.Option("--negative", metavar="", help="Read it as a negative prompt.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show how a prompt is read: chunks, real weights, what is in force at which step."""
    run = RUN.record_from(values, prompt=text, text=TEXT.record_from(values))
    with says_options(RUN):
        sampler, _ = find_sampler(run.sampler)
    calls = sampler.calls_per_step
    reading = read_prompt(text, run.steps, calls, run.text, negative=negative)
    if as_json:
        say(json.dumps(dataclasses.asdict(reading), default=_plain))
    else:
        show_reading(reading, terminal())


def show_reading(reading: Reading, console: Console) -> None:
    """Print a reading: parts with their timelines and chunks, then tags and warnings."""
    console.print(f"{reading.tokens_used}/{reading.token_limit} tokens")
    for part in reading.parts:
        _show_part(part, console, is_only=len(reading.parts) == 1)
    for tag in reading.tags:
        arguments = [*tag.positional, *(f"{k}={v}" for k, v in tag.named.items())]
        console.print(f"network [bold]{literal(tag.word)}[/]: {literal(', '.join(arguments))}")
    show_warnings(reading, console)


def show_warnings(reading: Reading, console: Console) -> None:
    """Print what is probably not read as meant, each with its place in the prompt."""
    for warning in reading.warnings:
        end = warning.position + warning.length
        place = reading.text[warning.position : end].replace("\n", " ")
        console.print(
            f"[yellow]warning:[/] {literal(warning.message)} "
            f"[dim](at character {warning.position + 1}: {literal(repr(place))})[/]",
            soft_wrap=True,
        )


def _show_part(part: ReadPart, console: Console, *, is_only: bool) -> None:
    if not is_only or part.weight != 1:
        console.print(f"part with weight {part.weight:g}")
    table = Table("steps", "text", "chunks: tokens, with their weight where it is not 1")
    for entry in part.schedule:
        table.add_row(_describe_steps(entry), literal(entry.text), _describe_chunks(entry))
    console.print(table)


def _describe_steps(entry: ReadText) -> str:
    if entry.steps is None:
        return "never"
    first, last = entry.steps
    return str(first) if first == last else f"{first}-{last}"


def _describe_chunks(entry: ReadText) -> str:
    return "\n".join(" ".join(map(_describe_token, chunk)) or "(empty)" for chunk in entry.chunks)


def _describe_token(token: ReadToken) -> str:
    text = literal(token.text)
    return text if token.weight == 1 else f"{text}[cyan]×{token.weight:.4g}[/]"


def _plain(value: object) -> object:
    if isinstance(value, range):
        return [value.start, value.stop]
    raise TypeError(type(value).__name__)
