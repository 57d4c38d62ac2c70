"""Prompts from a file, one a line, with settings of their own where they need them.

    a cat in ink
    --prompt a dog in oil --steps 30 --sampler_name "Euler a"

A line that holds ``--`` is read as a shell would; one that cannot be read so is a prompt, dashes
and all, and is remarked.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from velatura.compare.comparison import Cell, Comparison, Label, check_area, picture_area
from velatura.compare.fields import with_field
from velatura.errors import RequestError
from velatura.pipelines.seeds import complete_seeds, picture_requests
from velatura.records import Variation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from velatura.records import Img2Img, Txt2Img

Read = Callable[[str], Any]

LONG = ("prompt", "negative_prompt")
"""Settings that take all words up to the next dashes, and are joined to those of the base."""

SETTINGS: dict[str, tuple[str, Read]] = {
    "prompt": ("prompt", str),
    "negative_prompt": ("negative_prompt", str),
    "sd_model": ("checkpoint", str),
    "styles": ("styles", lambda word: tuple(name.strip() for name in word.split(",") if name)),
    "seed": ("seed", int),
    "subseed": ("variation.seed", int),
    "subseed_strength": ("variation.strength", float),
    "seed_resize_from_w": ("noise.resize_width", int),
    "seed_resize_from_h": ("noise.resize_height", int),
    "sampler_name": ("sampler", str),
    "batch_size": ("batch_size", int),
    "n_iter": ("batch_count", int),
    "steps": ("steps", int),
    "cfg_scale": ("guidance_scale", float),
    "width": ("width", int),
    "height": ("height", int),
    "tiling": ("tiling", lambda word: word == "true"),
    "sampler_index": ("", str),
    "restore_faces": ("", str),
    "do_not_save_samples": ("", str),
    "do_not_save_grid": ("", str),
    "outpath_samples": ("", str),
    "outpath_grids": ("", str),
    "prompt_for_display": ("", str),
}
"""Settings of a line: the field each sets, and how its word is read.

Those without a field have no counterpart here, and are left out.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptLines:
    """What to paint.

    Attributes:
        base: What a line does not say.
        text: The lines; empty ones are skipped.
        line_first: Put a line's prompt before that of the base rather than behind it.
        seeds: With a random seed, each line draws its own, or all have the "same"; to "iterate",
            each line moves the seed on by the number of pictures of the base.
    """

    base: Txt2Img | Img2Img
    text: str
    line_first: bool = False
    seeds: Literal["own", "same", "iterate"] = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptLine:
    """One line, read.

    Attributes:
        number: Which line of the text, from 1.
        text: The line.
        request: What it asks for; it may make several pictures.
        remarks: What its reader should know, a sentence each.
    """

    number: int
    text: str
    request: Txt2Img | Img2Img
    remarks: tuple[str, ...] = ()


def read_lines(lines: PromptLines, draw_seed: Callable[[], int]) -> tuple[PromptLine, ...]:
    """The request of each line, its seeds drawn.

    Raises:
        RequestError: a line sets a value outside its limits, or there are no lines.
    """
    base = lines.base
    if lines.seeds != "own" and base.seed == -1:
        base = replace(base, seed=draw_seed())
    stride = base.batch_size * base.batch_count if lines.seeds == "iterate" else 0
    read: list[PromptLine] = []
    for number, raw in enumerate(lines.text.splitlines(), 1):
        if line := raw.strip():
            moved = replace(base, seed=base.seed + stride * len(read)) if stride else base
            said, remarks = _understood(line)
            try:
                request = _with_settings(moved, said, line_first=lines.line_first)
            except RequestError as error:
                error.args = (f"line {number}: {error}",)
                raise
            read.append(
                PromptLine(
                    number=number,
                    text=line,
                    request=complete_seeds(request, draw_seed),
                    remarks=remarks,
                )
            )
    if not read:
        raise RequestError("the file has no prompts; write one a line")
    return tuple(read)


def plan_lines(lines: tuple[PromptLine, ...]) -> Comparison:
    """A row for each line, with its pictures side by side.

    Raises:
        RequestError: the pictures are too many.
    """
    requests = [line.request for line in lines]
    check_area(sum(each.batch_size * each.batch_count * picture_area(each) for each in requests))
    pictures = [picture_requests(request) for request in requests]
    return Comparison(
        columns=((),) * max(map(len, pictures)),
        rows=tuple((Label(request.prompt),) for request in requests),
        cells=tuple(
            Cell(column=column, row=row, request=request)
            for row, singles in enumerate(pictures)
            for column, request in enumerate(singles)
        ),
        facts=(("Script", "Prompts from file or textbox"),),
    )


def _understood(line: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The values of a line by the fields they set, and remarks."""
    if "--" not in line:
        return {"prompt": line}, ()
    try:
        said = dict(_settings(shlex.split(line)))
    except ValueError as error:
        return {"prompt": line}, (f"taken for a prompt as it is: {error}",)
    ignored = [name for name in said if not SETTINGS[name][0]]
    remarks = (f"left out, having no counterpart: {', '.join(ignored)}",) if ignored else ()
    return {
        SETTINGS[name][0]: value for name, value in said.items() if name not in ignored
    }, remarks


def _settings(words: list[str]) -> Iterator[tuple[str, Any]]:
    """The settings of words such as ``--steps 20``, and their values.

    Raises:
        ValueError: the words are not of that form.
    """
    rest = words[::-1]
    while rest:
        option = rest.pop()
        name = option.removeprefix("--")
        if name == option or name not in SETTINGS:
            raise ValueError(f"{option!r} is no setting")
        if not rest:
            raise ValueError(f"{option} has no value")
        value = rest.pop()
        while name in LONG and rest and not rest[-1].startswith("--"):
            value += f" {rest.pop()}"
        yield name, SETTINGS[name][1](value)


def _with_settings(
    base: Txt2Img | Img2Img, said: dict[str, Any], *, line_first: bool
) -> Txt2Img | Img2Img:
    """The base with the values of a line; its prompts joined to those of the base by a blank."""
    request = base
    if base.variation is None and any(name.startswith("variation.") for name in said):
        request = replace(base, variation=Variation())
    for name, value in said.items():
        if name in LONG:
            parts = (value, getattr(base, name)) if line_first else (getattr(base, name), value)
            request = with_field(request, name, " ".join(part for part in parts if part))
        else:
            request = with_field(request, name, value)
    return request
