"""The prompt matrix: a prompt with every choice of its optional parts.

``a cat|in ink|at night`` is four prompts: with neither, either and both of the parts behind the
bars. Every bar divides, also one that would alternate words within brackets.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from velatura.compare.comparison import Cell, Comparison, Label, check_area, picture_area
from velatura.errors import RequestError
from velatura.pipelines.seeds import complete_seeds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from velatura.compare.comparison import Heading
    from velatura.records import Img2Img, Txt2Img

Field = Literal["prompt", "negative_prompt"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """What to vary.

    Attributes:
        base: The request whose prompt has bars in it; it makes one picture.
        field: Which of the prompts.
        delimiter: What joins the parts.
        constant_last: Put the part before the first bar behind the others.
        vary_seeds: Each picture takes the next seed, rather than all the same.
    """

    base: Txt2Img | Img2Img
    field: Field = "prompt"
    delimiter: str = ", "
    constant_last: bool = False
    vary_seeds: bool = False


def plan_matrix(matrix: Matrix, draw_seed: Callable[[], int]) -> Comparison:
    """A cell for every choice, the first half of the parts along the columns.

    Raises:
        RequestError: the prompt has no bar, or too many.
    """
    constant, *optional = getattr(matrix.base, matrix.field).split("|")
    if not optional:
        raise RequestError(
            f"{matrix.field}: has no optional parts; write them behind bars, as in "
            "'a cat|in ink|at night'",
            field=matrix.field,
        )
    base = complete_seeds(matrix.base, draw_seed)
    check_area(2 ** len(optional) * picture_area(base))
    parts = [part.strip().strip(",") for part in optional]
    along = (len(parts) + 1) // 2
    cells: list[Cell] = []
    for choice in range(2 ** len(parts)):
        chosen = [part for place, part in enumerate(parts) if choice >> place & 1]
        joined = [*chosen, constant] if matrix.constant_last else [constant, *chosen]
        request = replace(
            base,
            **{matrix.field: matrix.delimiter.join(joined)},
            seed=base.seed + choice * matrix.vary_seeds,
        )
        row, column = divmod(choice, 2**along)
        cells.append(Cell(column=column, row=row, request=request))
    return Comparison(
        columns=_headings(parts[:along]),
        rows=_headings(parts[along:]),
        cells=tuple(cells),
        facts=(("Script", "Prompt matrix"),),
    )


def _headings(parts: Sequence[str]) -> tuple[Heading, ...]:
    """One for each choice of the parts: all of them, those not chosen struck out."""
    return tuple(
        tuple(Label(part, is_active=bool(choice >> place & 1)) for place, part in enumerate(parts))
        for choice in range(2 ** len(parts))
    )
