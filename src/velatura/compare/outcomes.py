"""Painting the cells of a comparison, one after another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from velatura.errors import VelaturaError
from velatura.records import Picture, Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from velatura.compare.comparison import Cell, Comparison
    from velatura.engines.base import Engine
    from velatura.records import Request


class Reuse(Protocol):
    """Who remembers what was painted."""

    def __call__(self, request: Request, /) -> Picture | None:
        """The picture that a request made earlier; None where it has to be painted."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outcome:
    """What became of a cell.

    Attributes:
        cell: The cell.
        picture: Its picture; None where it failed.
        error: Why it failed.
        is_reused: Whether the picture was there already.
    """

    cell: Cell
    picture: Picture | None = None
    error: VelaturaError | None = None
    is_reused: bool = False


def forget(request: Request, /) -> Picture | None:
    """Remembers nothing."""
    del request


def paint_cells(
    comparison: Comparison, engine: Engine, reuse: Reuse = forget
) -> Iterator[Step | Outcome]:
    """The steps and outcomes of all cells, in their order; a step's batch is the cell's number.

    A cell that cannot be painted is an outcome too, and the others go on. But what can be refused
    beforehand is: the first cell of each heading is shown to the engine before any is painted.

    Raises:
        VelaturaError: a request that the engine refuses at once.
    """
    refuse_early(comparison, engine)
    return _paint(comparison, engine, reuse)


def refuse_early(comparison: Comparison, engine: Engine) -> None:
    """Let the engine look for what cannot be carried out; nothing is painted.

    Raises:
        VelaturaError: the engine's refusal, naming the cell's labels.
    """
    shown: set[tuple[str, int]] = set()
    for cell in comparison.cells:
        places = {("column", cell.column), ("row", cell.row), ("page", cell.page)}
        if not places <= shown:
            shown |= places
            try:
                engine.settle(cell.request)
            except VelaturaError as error:
                name = comparison.name_of(cell)
                error.args = (f"{name}: {error}" if name else str(error),)
                error.field = ""  # the value is to blame, not the field it was set in
                raise


def _paint(comparison: Comparison, engine: Engine, reuse: Reuse) -> Iterator[Step | Outcome]:
    for number, cell in enumerate(comparison.cells):
        picture = reuse(cell.request)
        if picture is not None:
            yield Outcome(cell=cell, picture=picture, is_reused=True)
            continue
        try:
            for event in engine.run(cell.request):
                if isinstance(event, Step):
                    yield replace(event, batch=number)
                else:
                    picture = event
        except VelaturaError as error:
            yield Outcome(cell=cell, error=error)
        else:
            yield Outcome(cell=cell, picture=picture)
