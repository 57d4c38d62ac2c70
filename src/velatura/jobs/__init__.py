"""Jobs: requests that wait, run and are finished, whatever happens to the machine meanwhile."""

from __future__ import annotations

from velatura.jobs.config import Recipe, WorkerConfig, fake_recipe, local_recipe
from velatura.jobs.job import Event, Failure, Job, JobPicture, Page, Pause, Progress, Status
from velatura.jobs.queue import Queue
from velatura.jobs.supervisor import Health, Supervisor

__all__ = [
    "Event",
    "Failure",
    "Health",
    "Job",
    "JobPicture",
    "Page",
    "Pause",
    "Progress",
    "Queue",
    "Recipe",
    "Status",
    "Supervisor",
    "WorkerConfig",
    "fake_recipe",
    "local_recipe",
]
