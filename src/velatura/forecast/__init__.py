"""What a request will take, before it runs: learnt from the runs of this machine."""

from velatura.forecast.estimate import Forecast, estimate
from velatura.forecast.foresee import foresee
from velatura.forecast.laps import Lap, laps_of
from velatura.forecast.notebook import Notebook
from velatura.forecast.runs import Run, Timed

__all__ = ["Forecast", "Lap", "Notebook", "Run", "Timed", "estimate", "foresee", "laps_of"]
