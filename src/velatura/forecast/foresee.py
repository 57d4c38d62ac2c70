"""The forecast for a request as it was asked."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from velatura.forecast.estimate import Forecast, estimate
from velatura.forecast.laps import laps_of
from velatura.pipelines.resolve import with_size
from velatura.records import Painting

if TYPE_CHECKING:
    from velatura.forecast.notebook import Notebook
    from velatura.records import Request

SIDES = 8
"""Sides are multiples of this."""

NOTHING = Forecast(seconds=None)


def foresee(request: Request, notebook: Notebook) -> Forecast:
    """What a request will take on this machine.

    Args:
        request: What is asked, its checkpoint by the name of its file. A size that is the
            checkpoint's own is known if that was loaded here before.
        notebook: The runs of this machine.

    Raises:
        RequestError: if the request cannot be carried out.
    """
    run = notebook.read()
    if isinstance(request, Painting):
        loaded = (timed.lap for timed in run if timed.lap.what == "loading")
        native = [lap.pixels for lap in loaded if lap.model == request.checkpoint]
        if not native:
            return NOTHING
        side = math.isqrt(native[-1]) // SIDES * SIDES  # laps know areas alone
        request = with_size(request, (side, side))
    return estimate(laps_of(request), run)
