"""The scripts that need many pictures: each is put into the queue as a job of its own."""

from __future__ import annotations

import asyncio
import csv
import io
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from velatura.compare import (
    AXES,
    Axis,
    Comparison,
    Grid,
    Matrix,
    Outcome,
    PromptLines,
    Sheet,
    draw_sheets,
    plan_grid,
    plan_matrix,
    read_axis,
    read_lines,
)
from velatura.errors import VelaturaError
from velatura.library.sheet import contact_sheet
from velatura.pipelines.loopback import CURVES, next_round, round_strength
from velatura.pipelines.seeds import LARGEST_DRAWN_SEED, complete_seeds
from velatura.records import Img2Img
from velatura.server.sdapi.arguments import Args, Drawn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from velatura.records import Painting
    from velatura.server.sdapi.arguments import Base
    from velatura.server.sdapi.calls import Call, Made


async def run_plot(call: Call, base: Base, args: Args) -> Drawn:
    """X/Y/Z plot: sheets, then the cells' pictures where they are asked for.

    Raises:
        RequestError: an argument that cannot be.
    """
    axes = {side: _axis(args, 3 * place, type(base)) for place, side in enumerate("xyz")}
    grid = Grid(
        base=replace(base, batch_size=1, batch_count=1),
        vary_seeds=frozenset(side for place, side in enumerate("xyz") if args[13 + place]),  # pyright: ignore[reportArgumentType]
        keep_random=bool(args[12]),
        **axes,  # pyright: ignore[reportArgumentType]
    )
    comparison = plan_grid(grid, draw_seed)
    made = await _cells(call, comparison)
    sheets = _sheets(
        comparison, made, is_labelled=bool(args[9]), gap_px=int(args.number(16, 0, 500))
    )
    pages = sheets if len(sheets) == 1 else sheets[:-1]
    shown = [*sheets[-1:], *pages] if args[11] else sheets[-1:]
    return Drawn(sheets=shown, pictures=_pictures(made) if args[10] else ())


async def run_matrix(call: Call, base: Base, args: Args) -> Drawn:
    """Prompt matrix: the sheet, then its pictures.

    Raises:
        RequestError: an argument that cannot be.
    """
    matrix = Matrix(
        base=replace(base, batch_size=1, batch_count=1),
        field="negative_prompt" if args[2] == "negative" else "prompt",
        delimiter=" " if args[3] == "space" else ", ",
        constant_last=bool(args[0]),
        vary_seeds=bool(args[1]),
    )
    comparison = plan_matrix(matrix, draw_seed)
    made = await _cells(call, comparison)
    sheets = _sheets(comparison, made, is_labelled=True, gap_px=int(args.number(4, 0, 500)))
    return Drawn(sheets=sheets, pictures=_pictures(made))


async def run_lines(call: Call, base: Base, args: Args) -> Drawn:
    """Prompts from a text: the pictures of each line.

    Raises:
        RequestError: an argument that cannot be.
    """
    lines = PromptLines(
        base=base,
        text=args.text(3),
        line_first=args[2] == "start",
        seeds="iterate" if args[0] else "same" if args[1] else "own",
    )
    requests = [line.request for line in read_lines(lines, draw_seed)]
    return Drawn(pictures=[each for made in await call.paint(requests) for each in made])


async def run_loopback(call: Call, base: Base, args: Args) -> Drawn:
    """Loopback: each round paints over the picture of the one before; a row of all comes first.

    Raises:
        RequestError: an argument that cannot be.
    """
    if not isinstance(base, Img2Img):
        raise AssertionError("loopback was found for a request without a picture")
    rounds = int(args.number(0, 1, 100))
    last, curve = args.number(1, 0, 1), args.text(2).lower()
    if curve not in CURVES:
        raise args.refused(2, f"choose from {', '.join(CURVES)}")
    call.plan(rounds * base.batch_count)
    first = complete_seeds(replace(base, batch_size=1, batch_count=1), draw_seed)
    shown: list[Made] = []
    for _ in range(base.batch_count):
        made, first = await _rounds(call, replace(first, image=base.image), rounds, (last, curve))
        shown += made if base.batch_count == 1 else made[-1:]
    return Drawn(sheets=await asyncio.to_thread(_row, shown), pictures=shown)


def _row(made: Sequence[Made]) -> list[Sheet]:
    """Several pictures side by side."""
    if len(made) < 2:
        return []
    pixels = contact_sheet([each.picture.pixels for each in made], columns=len(made))
    return [Sheet(pixels, made[0].infotext)]


async def _rounds(
    call: Call, request: Img2Img, rounds: int, course: tuple[float, str]
) -> tuple[list[Made], Img2Img]:
    """The pictures of one loop, and the request that would come next."""
    made: list[Made] = []
    begun = request.strength
    for index in range(rounds):
        painted = [each for pictures in await call.paint([request]) for each in pictures]
        if not painted:
            break
        made += painted
        following = (index + 1) % rounds
        strength = round_strength(begun, course[0], following, rounds, cast("Any", course[1]))
        request = next_round(request, painted[0].picture.bitmap, strength)
    return made, request


async def _cells(call: Call, comparison: Comparison) -> list[Made | VelaturaError | None]:
    """What became of each cell; None where the call was interrupted before it."""
    painted = await call.paint_each([cell.request for cell in comparison.cells])
    if painted and all(isinstance(each, VelaturaError) for each in painted):
        raise next(each for each in painted if isinstance(each, VelaturaError))
    made = [
        each if isinstance(each, VelaturaError) else each[0] if each else None for each in painted
    ]
    return made or [None] * len(comparison.cells)


def _pictures(made: Sequence[Made | VelaturaError | None]) -> list[Made]:
    return [each for each in made if each and not isinstance(each, VelaturaError)]


def _sheets(
    comparison: Comparison,
    made: Sequence[Made | VelaturaError | None],
    *,
    is_labelled: bool,
    gap_px: int,
) -> list[Sheet]:
    """The sheets, cells that failed blank but for their errors; none where nothing was painted."""
    outcomes = [
        Outcome(cell=cell, error=each)
        if isinstance(each, VelaturaError)
        else Outcome(cell=cell, picture=each.picture if each else None)
        for cell, each in zip(comparison.cells, made, strict=True)
    ]
    if not any(outcome.picture for outcome in outcomes):
        return []
    return draw_sheets(comparison, outcomes, is_labelled=is_labelled, gap_px=gap_px)


def _axis(args: Args, index: int, kind: type[Painting]) -> Axis | None:
    """An axis of a plot: its type by name or place in the menu, its values as text or as a list."""
    labels = plot_axes(is_img2img=issubclass(kind, Img2Img))
    given = args[index]
    if isinstance(given, int) and not isinstance(given, bool):
        label = labels[int(args.number(index, 0, len(labels) - 1))]
    else:
        label = args.text(index)
    if label in ("Nothing", ""):
        return None
    values = args[index + 1]
    if not values and args[index + 2]:
        buffer = io.StringIO()
        csv.writer(buffer).writerow(args.texts(index + 2))
        values = buffer.getvalue().strip()
    if not isinstance(values, str):
        raise args.refused(index + 1, "expected values between commas")
    return read_axis(f"{label}: {values}", cast("Any", kind))


def plot_axes(*, is_img2img: bool) -> list[str]:
    """The menu of a plot's axes: those of A1111 in its order, with those that are not here."""
    left_out = ("Hires steps", "Hires sampler", "Hires upscaler") if is_img2img else _ONLY_IMG2IMG
    return [label for label in _PLOT_MENU if label not in left_out]


def draw_seed() -> int:
    """A random seed."""
    return secrets.randbelow(LARGEST_DRAWN_SEED + 1)


_ONLY_IMG2IMG = ("Image CFG Scale", "Cond. Image Mask Weight")


def _plot_menu() -> tuple[str, ...]:
    """A1111's menu: our axes, with the ones that we lack at their places."""
    before = {
        "Seed": ("Nothing",),
        "Prompt S/R": ("Image CFG Scale",),
        "Always discard next-to-last sigma": (
            "Face restore",
            "Token merging ratio",
            "Token merging ratio high-res",
        ),
        "RNG source": ("Refiner checkpoint", "Refiner switch at"),
    }
    return tuple(name for label in AXES for name in (*before.get(label, ()), label))


_PLOT_MENU = _plot_menu()
