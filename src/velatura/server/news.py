"""What happens, as server-sent events: put into words once, however many listen."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from velatura.server.views import view_progress

if TYPE_CHECKING:
    from velatura.jobs import Event, Job


@dataclass(frozen=True, slots=True)
class News:
    """Something that happened, or how far a running job is.

    Attributes:
        text: As a stream of events tells it.
        event: What the journal has of it; None between two events.
    """

    text: str
    event: Event | None = None


def news_of(event: Event) -> News:
    """An event of the journal; its id is the journal's."""
    told = {name: value for name, value in event.told.items() if name != "path"}  # ours alone
    data = {"at": event.at, "job": event.job, **told}
    return News(frame(event.kind, data, event.id), event)


def progress_of(job: Job) -> News:
    """How far a running job is."""
    return News(frame("progress", {"job": job.id, **asdict(view_progress(job))}))


def frame(kind: str, data: dict[str, Any], event_id: int | None = None) -> str:
    """An event as text; JSON has no line breaks of its own."""
    head = f"id: {event_id}\n" if event_id is not None else ""
    return f"{head}event: {kind}\ndata: {json.dumps(data)}\n\n"
