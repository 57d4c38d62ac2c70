"""What a grid varies, from the words of its options."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from velatura.cli.fields import says
from velatura.cli.terminal import note
from velatura.compare import (
    Grid,
    Matrix,
    PromptLines,
    plan_grid,
    plan_lines,
    plan_matrix,
    read_axis,
    read_lines,
)
from velatura.compare.grid import SIDES
from velatura.errors import RequestError
from velatura.metadata import read_story
from velatura.pipelines.seeds import LARGEST_DRAWN_SEED
from velatura.records import Img2Img, Txt2Img, bitmaps

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from velatura.compare import Axis, Comparison
    from velatura.compare.grid import Side
    from velatura.records import Request

LARGEST_FILE = 2**20
"""Bytes of a file of prompts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """The options that say what to vary.

    Attributes:
        axes: Name and values for each side; empty where nothing is varied along it.
        matrix: Whether the prompt has optional parts.
        matrix_negative: Whether the negative prompt has.
        prompts: A file of prompts.
        vary_seeds: Sides along which seeds move on; any word where there are no sides.
        keep_random: Whether each cell draws its own random seed.
    """

    axes: Mapping[Side, str]
    matrix: bool
    matrix_negative: bool
    prompts: Path | None
    vary_seeds: str
    keep_random: bool


def base_like(file: Path, given: Txt2Img) -> Request:
    """The request that made a picture, as its file tells.

    Args:
        file: The picture.
        given: What the options made; they must leave all to the picture.

    Raises:
        PictureError: it cannot be read.
        RequestError: it does not tell, or options were given too.
    """
    if given != Txt2Img():
        raise RequestError(
            "--like: takes prompt and settings from the picture; vary them by --x, --y and --z"
        )
    with says("--like"):
        story = read_story(file)
        if story.request is None:
            raise RequestError(f"{file} does not say how it was made")
        if any(bitmap.pixels is None for _, bitmap in bitmaps(story.request)):
            raise RequestError(
                f"{file} was made from a picture that is not in it; give the file of that one to "
                "vary it, or vary a workflow"
            )
    for problem in story.problems:
        note(f"{file}: {problem}")
    return story.request


def plan(base: Request, ways: Ways) -> Comparison:
    """What to paint.

    Raises:
        RequestError: it is not said what to vary, or in more than one way, or it cannot be varied.
    """
    has_axes = any(ways.axes.values())
    if sum((has_axes, ways.matrix, ways.matrix_negative, ways.prompts is not None)) != 1:
        raise RequestError(
            "say what to vary, in one way: by --x, --y and --z, as in --x 'Steps: 10, 20', or by "
            "--matrix, --matrix-negative or --prompts"
        )
    if has_axes:
        return _grid(base, ways)
    if not isinstance(base, Txt2Img | Img2Img):
        raise RequestError(f"--like: a request of kind {base.kind!r} has no prompt to vary")
    return _matrix(base, ways) if ways.prompts is None else _lines(base, ways.prompts, ways)


def _grid(base: Request, ways: Ways) -> Comparison:
    if not set(ways.vary_seeds) <= set(SIDES):
        raise RequestError(f"--vary-seeds: expected some of x, y and z, got {ways.vary_seeds!r}")
    axes: dict[Side, Axis] = {}
    for side, text in ways.axes.items():
        if text:
            with says(f"--{side}"):
                axes[side] = read_axis(text, type(base))
    moved: list[Side] = [side for side in SIDES if side in ways.vary_seeds]
    grid = Grid(base=base, **axes, vary_seeds=frozenset(moved), keep_random=ways.keep_random)
    with says("--{field}"):
        return plan_grid(grid, _draw_seed)


def _matrix(base: Txt2Img | Img2Img, ways: Ways) -> Comparison:
    field = "negative_prompt" if ways.matrix_negative else "prompt"
    matrix = Matrix(base=base, field=field, vary_seeds=bool(ways.vary_seeds))
    with says("--matrix-negative" if ways.matrix_negative else "--matrix"):
        return plan_matrix(matrix, _draw_seed)


def _lines(base: Txt2Img | Img2Img, file: Path, ways: Ways) -> Comparison:
    """The prompts of a file; with a random seed all have the same, so that only words differ."""
    seeds = "iterate" if ways.vary_seeds else "same"
    with says("--prompts"):
        lines = PromptLines(base=base, text=_text_of(file), seeds=seeds)
        read = read_lines(lines, _draw_seed)
    for line in read:
        for remark in line.remarks:
            note(f"{file}, line {line.number}: {remark}")
    return plan_lines(read)


def _text_of(file: Path) -> str:
    """The text of a file.

    Raises:
        RequestError: it cannot be read, is no text, or is beyond all measure.
    """
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise RequestError(f"{file} is larger than {LARGEST_FILE} bytes")
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise RequestError(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise RequestError(f"{file} is no UTF-8 text") from error


def _draw_seed() -> int:
    return secrets.randbelow(LARGEST_DRAWN_SEED + 1)
