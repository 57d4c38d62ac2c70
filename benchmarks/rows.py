"""Rows of the result table: a figure, how much it varied, and the bar it is held to."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure.

    Attributes:
        what: What was measured.
        values: One number for each repeat; the median counts.
        unit: "s", "ms", "MB", "%" or "×".
        bar: The most it may be, in the same unit; None where nothing is demanded.
        note: What a reader must know beside it.
    """

    what: str
    values: Sequence[float]
    unit: str
    bar: float | None = None
    note: str = ""

    @property
    def value(self) -> float:
        """The median."""
        return median(self.values)

    def cells(self) -> tuple[str, str, str, str, str]:
        """Figure, median, range, bar and verdict, as text."""
        ends = f"{_number(min(self.values))} to {_number(max(self.values))}"
        bar = "" if self.bar is None else f"≤ {self.bar:g} {self.unit}".rstrip()
        verdict = "" if self.bar is None else "met" if self.value <= self.bar else "missed"
        told = f"{verdict}; {self.note}" if verdict and self.note else verdict or self.note
        spread = ends if len(self.values) > 1 else ""
        return self.what, f"{_number(self.value)} {self.unit}".rstrip(), spread, bar, told


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """Ours over theirs, pair by pair: what slows the machine for a while slows both."""
    return [a / b for a, b in zip(ours, theirs, strict=True)]


def megabytes(values: Sequence[float]) -> list[float]:
    """Bytes as megabytes of 10⁶ bytes."""
    return [value / 1e6 for value in values]


def _number(value: float) -> str:
    """Enough digits to tell two figures of its kind apart."""
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.3f}"
