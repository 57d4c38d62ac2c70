"""How far a training is: the share of its minutes used up, over all its runs."""

from __future__ import annotations

import math
import time


class Pace:
    """Counts steps and seconds; goes on from where an earlier run stopped."""

    def __init__(self, budget_s: float) -> None:
        self.budget_s = budget_s
        self.steps = 0
        self._used_s = 0.0
        self._started: float | None = None

    def start(self) -> None:
        """Let the time run from here; what came before (loading, compiling) is free."""
        self._started = time.monotonic()

    def count(self) -> None:
        """Count one step."""
        self.steps += 1

    def used_s(self) -> float:
        """Return the seconds used, over all runs."""
        running = 0.0 if self._started is None else time.monotonic() - self._started
        return self._used_s + running

    def fraction(self) -> float:
        """Return the used share of the budget: 1 when it is used up."""
        return self.used_s() / self.budget_s

    def __str__(self) -> str:
        """Say how far it is."""
        return f"step {self.steps}, {self.used_s() / 60:.1f} min ({self.fraction():.0%}):"

    def state_dict(self) -> dict[str, float]:
        """Return what a later run needs."""
        return {"steps": self.steps, "used_s": self.used_s()}

    def load_state_dict(self, state: dict[str, float]) -> None:
        """Go on from an earlier run."""
        self.steps = int(state["steps"])
        self._used_s = state["used_s"]


def learning_rate_at(pace: Pace, peak: float, warmup_steps: int = 100, hold: float = 0.0) -> float:
    """Return the learning rate: a linear start, a plateau, half a cosine down to a fiftieth.

    Args:
        pace: How far the training is.
        peak: The highest rate.
        warmup_steps: Steps until the rate is there.
        hold: Share of the run after which it begins to fall.
    """
    warm = min(1.0, (pace.steps + 1) / warmup_steps)
    falling = min(1.0, max(0.0, pace.fraction() - hold) / (1 - hold))
    cosine = 0.5 * (1 + math.cos(math.pi * falling))
    return peak * warm * (0.02 + 0.98 * cosine)
