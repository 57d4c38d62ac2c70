"""Carrying a comparison out at a terminal: its cells, its sheets, its page."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import typer

from velatura.cli.engine import local_engine
from velatura.cli.fields import says
from velatura.cli.paint import deliver, says_out, uninterrupted
from velatura.cli.prompt import show_warnings
from velatura.cli.render import with_progress
from velatura.cli.terminal import note, say, terminal
from velatura.compare import Outcome, draw_sheets, format_html, paint_cells
from velatura.library.files import Target, save_over, save_sheet
from velatura.pipelines.resolve import read_prompts
from velatura.records import Painting, bitmaps, painting_of
from velatura.workflows import PictureCache, picture_key

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from velatura.cli.paint import Output
    from velatura.compare import Comparison
    from velatura.engines.base import Settled
    from velatura.records import Picture, Request, Step
    from velatura.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheets:
    """How a comparison is shown.

    Attributes:
        html: The file for the page; None writes none.
        is_labelled: Whether words stand at the sides of sheets.
        gap_px: Pixels between pictures.
        keeps_cells: Whether each picture has a file of its own.
    """

    html: Path | None
    is_labelled: bool
    gap_px: int
    keeps_cells: bool


class KeptPictures:
    """The pictures of earlier runs, as :class:`~velatura.workflows.PictureCache` keeps them.

    Args:
        folder: Where they lie.
    """

    def __init__(self, folder: Path) -> None:
        self._cache = PictureCache(folder)

    def find(self, known: Settled, /) -> Picture | None:
        """The picture that a complete request made earlier, with what it was made from now."""
        picture = self._cache.find(picture_key(known.request, known.models))
        if picture is None:
            return None
        request = replace(picture.request, **dict(bitmaps(known.request)))
        return replace(picture, request=request)

    def keep(self, known: Settled, picture: Picture, /) -> None:
        """Keep what it made."""
        self._cache.keep(picture_key(known.request, known.models), picture)


def paint_comparison(
    base: Request, comparison: Comparison, settings: Settings, output: Output, sheets: Sheets
) -> None:
    """Paint the cells, write pictures, sheets and page, and print their paths.

    A cell that fails is noted and left blank; the exit code is then that of its error.

    Raises:
        VelaturaError: the request or a value is refused, or no cell could be painted.
    """
    engine = local_engine(settings)
    engine.settle(base)  # what is wrong with all cells is no value's fault
    memory = KeptPictures(settings.cache_dir / "pictures") if settings.cache_dir else None
    events = paint_cells(comparison, engine, memory)
    with says_out():
        output.target.prepare()
    if sheets.html:
        with says("--html"):
            Target(folder=sheets.html.parent).prepare()
    first = comparison.cells[0].request
    for reading in read_prompts(first) if isinstance(first, Painting) else ():
        show_warnings(reading, terminal(stderr=True))
    outcomes = _carried_out(comparison, events, output, sheets)
    _show(base, comparison, outcomes, output, sheets)
    failed = [outcome.error for outcome in outcomes if outcome.error]
    if failed:
        raise typer.Exit(failed[0].exit_code)


def _carried_out(
    comparison: Comparison, events: Iterable[Step | Outcome], output: Output, sheets: Sheets
) -> list[Outcome]:
    """What became of the cells, each written or noted as soon as it is known."""
    outcomes: list[Outcome] = []
    remarks: set[str] = set()
    try:
        for outcome in with_progress(events, unit="picture"):
            with uninterrupted():
                if outcome.picture is not None and sheets.keeps_cells:
                    deliver(outcome.picture, output, index=None)
                outcomes.append(outcome)
            if outcome.error is not None:
                note(f"{comparison.name_of(outcome.cell)}: {outcome.error}", heading="failed:")
            for remark in outcome.picture.remarks if outcome.picture else ():
                if remark not in remarks:
                    note(remark)
                    remarks.add(remark)
    except KeyboardInterrupt:
        kept = len(outcomes) if sheets.keeps_cells else 0
        note(f"{kept} finished picture(s) kept", heading="stopped:")
        raise
    return outcomes


def _show(
    base: Request,
    comparison: Comparison,
    outcomes: list[Outcome],
    output: Output,
    sheets: Sheets,
) -> None:
    """Write sheets and page.

    Raises:
        VelaturaError: the error of the first cell, where no cell has a picture.
    """
    painting = painting_of(base)
    if not any(outcome.picture for outcome in outcomes) and outcomes[0].error:
        raise outcomes[0].error
    target = output.target
    drawn = draw_sheets(comparison, outcomes, is_labelled=sheets.is_labelled, gap_px=sheets.gap_px)
    for sheet in drawn:
        with says_out():
            path = save_sheet(
                sheet.pixels,
                target.folder,
                name="grid",
                encoding=target.encoding,
                infotext=sheet.infotext,
            )
        _tell("sheet", path, output)
    if sheets.html:
        page = format_html(comparison, outcomes, title=painting.prompt if painting else base.kind)
        with says("--html"):
            save_over(page.encode(), sheets.html)
        _tell("html", sheets.html, output)


def _tell(kind: str, path: Path, output: Output) -> None:
    say(json.dumps({kind: str(path)}) if output.as_json else str(path))
