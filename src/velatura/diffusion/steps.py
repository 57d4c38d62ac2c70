"""How much of a schedule an image-to-image pass walks."""

from __future__ import annotations

from dataclasses import dataclass

MOST_STRENGTH = 0.999
"""A strength of 1 counts as this much, so that at least the last step's noise stays out."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A schedule, and the part of it to walk.

    Attributes:
        length: Steps of the whole schedule; 0 where nothing is to be done.
        depth: Steps before the last: the walk begins ``depth + 1`` steps before the end.
    """

    length: int
    depth: int

    @property
    def start(self) -> int:
        """Index of the first level walked."""
        return max(self.length - self.depth - 1, 0)

    @property
    def executed(self) -> int:
        """Steps walked."""
        return self.length - self.start


def cut(steps: int, strength: float, *, exact: bool) -> Cut:
    """The part of a schedule for a denoising strength in 0..1.

    By default the schedule has ``steps`` steps, of which trunc(strength * steps) + 1 are walked:
    one even at strength 0. With ``exact`` the schedule is longer, so that all of ``steps`` are
    walked, and none at strength 0; the hires pass always does this.

    Example:
        >>> cut(20, 0.5, exact=False), cut(20, 0.5, exact=True)
        (Cut(length=20, depth=10), Cut(length=40, depth=19))
    """
    reach = min(strength, MOST_STRENGTH)
    if exact:
        return Cut(length=int(steps / reach) if strength > 0 else 0, depth=steps - 1)
    return Cut(length=steps, depth=int(reach * steps))
