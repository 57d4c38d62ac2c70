"""Features of the U-Net's inner blocks, used again in later calls.

What the inner blocks see of a picture changes little from step to step, so that computing them at
some steps only saves most of the time, and changes the picture a little (DeepCache, Ma et al. 2023,
arXiv:2312.00858).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor


@dataclass(slots=True)
class Kept:
    """What one call of the network leaves to a later one.

    Attributes:
        inner: The features, (b c h w); None has them computed.
    """

    inner: Tensor | None = None

    def fits(self, x: Tensor) -> bool:
        """Whether there are features for the rows of these latents, (b c h w)."""
        inner = self.inner
        return inner is not None and (len(inner), inner.shape[2:]) == (len(x), x.shape[2:])


class DeepCache:
    """The features of one sampling.

    Args:
        interval: They are computed at the first of so many guided calls; 1 is at each.
        kept: Those of the last guided call, where sampling goes on.
    """

    def __init__(self, interval: int, kept: Sequence[Tensor] = ()) -> None:
        self._interval = interval
        self._kept = [Kept(inner) for inner in kept]
        self._call = -1
        self._place = 0

    def at(self, call: int) -> Kept | None:
        """What the next of a guided call's network calls may use, and leaves; None for nothing.

        Args:
            call: The guided call's number, from 0. Its network calls come in the same order as
                those of the one before.
        """
        if self._interval == 1:
            return None
        if call != self._call:
            self._call, self._place = call, 0
        if self._place == len(self._kept):
            self._kept.append(Kept())
        kept = self._kept[self._place]
        self._place += 1
        if call % self._interval == 0:
            kept.inner = None
        return kept

    @property
    def features(self) -> tuple[Tensor, ...]:
        """What has to be saved to go on with the identical result."""
        return tuple(kept.inner for kept in self._kept if kept.inner is not None)
