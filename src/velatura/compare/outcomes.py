"""Painting the cells of a comparison, one after another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from velatura.errors import VelaturaError
from velatura.records import Picture, Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from velatura.compare.comparison import Cell, Comparison
    from velatura.engines.base import Engine, Settled


class Memory(Protocol):
    """Who remembers what was painted."""

    def find(self, known: Settled, /) -> Picture | None:
        """The picture that a complete request made earlier; None where it has to be painted."""
        ...

    def keep(self, known: Settled, picture: Picture, /) -> None:
        """Remember what it made."""
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


def paint_cells(
    comparison: Comparison, engine: Engine, memory: Memory | None = None
) -> Iterator[Step | Outcome]:
    """The steps and outcomes of all cells, in their order; a step's batch is the cell's number.

    A cell that cannot be painted is an outcome too, and the others go on. But what can be refused
    beforehand is: the first cell of each heading is shown to the engine before any is painted.

    Args:
        comparison: What to paint.
        engine: Who paints.
        memory: Pictures of earlier runs; those are not painted again.

    Raises:
        VelaturaError: a request that the engine refuses at once; nothing is painted.
    """
    refuse_early(comparison, engine)
    return _paint(comparison, engine, memory)


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


def _paint(
    comparison: Comparison, engine: Engine, memory: Memory | None
) -> Iterator[Step | Outcome]:
    for number, cell in enumerate(comparison.cells):
        try:
            known = engine.settle(cell.request)
            picture = memory.find(known) if memory is not None else None
            is_reused = picture is not None
            if not is_reused:
                for event in engine.run(known.request):
                    if isinstance(event, Step):
                        yield replace(event, batch=number)
                    else:
                        picture = event
                if memory is not None and picture is not None:
                    memory.keep(known, picture)
        except VelaturaError as error:
            yield Outcome(cell=cell, error=error)
        else:
            yield Outcome(cell=cell, picture=picture, is_reused=is_reused)
