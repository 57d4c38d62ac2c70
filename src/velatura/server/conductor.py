"""Has the stages of workflows become jobs as soon as they can begin."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from velatura.errors import DatabaseError

if TYPE_CHECKING:
    from velatura.jobs.journal import Bell
    from velatura.workflows.runs import Runs

LOG = logging.getLogger(__name__)

PATIENCE_S = 2.0
"""After which runs are looked at unasked: another process may have ended a job."""

PAUSE_S = 0.2
"""Least time between two looks."""


class Conductor:
    """A thread that looks at the runs whenever something happened.

    Args:
        runs: The workflows.
        bell: Rings when something happened.
    """

    def __init__(self, runs: Runs, bell: Bell) -> None:
        self._runs = runs
        self._bell = bell
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="conductor", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; what was not submitted is submitted at the next start."""
        self._stop.set()
        self._bell.ring()
        self._thread.join()

    def _run(self) -> None:
        heard = -1
        while not self._stop.is_set():
            try:
                self._runs.advance()
            except DatabaseError as error:
                LOG.warning("workflows cannot be looked at: %s", error)
            except Exception:
                LOG.exception("a workflow cannot go on, by a defect")
            heard = self._bell.wait(heard, PATIENCE_S)
            self._stop.wait(PAUSE_S)
