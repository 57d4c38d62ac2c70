"""Pictures side by side: grids over any setting, prompt matrices, prompts from a file."""

from __future__ import annotations

from velatura.compare.axes import AXES, axes_of, find_axis, read_axis
from velatura.compare.axis import Axis, AxisType
from velatura.compare.comparison import Cell, Comparison, Label
from velatura.compare.grid import Grid, plan_grid
from velatura.compare.html import format_html
from velatura.compare.matrix import Matrix, plan_matrix
from velatura.compare.outcomes import Memory, Outcome, paint_cells
from velatura.compare.prompt_lines import PromptLine, PromptLines, plan_lines, read_lines
from velatura.compare.sheets import Sheet, draw_sheets

__all__ = [
    "AXES",
    "Axis",
    "AxisType",
    "Cell",
    "Comparison",
    "Grid",
    "Label",
    "Matrix",
    "Memory",
    "Outcome",
    "PromptLine",
    "PromptLines",
    "Sheet",
    "axes_of",
    "draw_sheets",
    "find_axis",
    "format_html",
    "paint_cells",
    "plan_grid",
    "plan_lines",
    "plan_matrix",
    "read_axis",
    "read_lines",
]
