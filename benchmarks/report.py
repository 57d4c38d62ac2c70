"""The results as a Markdown table, and their place in RESULTS.md."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from benchmarks.machine import Machine
    from benchmarks.rows import Row

RESULTS = Path(__file__).with_name("RESULTS.md")
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
HEADINGS = ("figure", "median", "range", "bar", "")


def format_report(rows: Sequence[Row], machine: Machine, when: datetime, how: str) -> str:
    """Date, machine, settings and table, in Markdown."""
    lines = [f"- date: {when:%Y-%m-%d %H:%M} UTC", *(f"- {line}" for line in machine.lines())]
    table = [HEADINGS, ("---",) * len(HEADINGS), *(row.cells() for row in rows)]
    return "\n".join([*lines, f"- settings: {how}", "", *map(_line, table)])


def write_report(report: str, path: Path = RESULTS) -> None:
    """Put the report between the marks in the results page; all else on the page stays.

    Raises:
        ValueError: if the page lacks the marks.
    """
    page = path.read_text(encoding="utf-8")
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{path}: needs the lines {BEGIN} and {END}")
    path.write_text(f"{before}{BEGIN}\n\n{report}\n\n{END}{after}", encoding="utf-8")


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
