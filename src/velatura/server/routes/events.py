"""``/api/events``: what happens, as server-sent events.

An event's id is that of the journal: a browser that was cut off sends the last one it saw, and gets
what happened since. How far running jobs are comes between, as ``progress`` without an id.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from starlette.responses import StreamingResponse

from velatura.errors import RequestError
from velatura.jobs import Event
from velatura.server.hub import News, Sight
from velatura.server.problems import Answer, Refusal
from velatura.server.studio import Studio, StudioDep
from velatura.server.views import view_progress

HEARTBEAT_S = 15.0
"""Silence after which a comment is sent, so that everybody knows the line is alive."""

_FULL = Answer(503, "Too many listeners", "Close other windows, then try again.")

router = APIRouter(tags=["events"])


@router.get("/api/events", response_class=StreamingResponse)
async def events(
    studio: StudioDep,
    seen: Annotated[str, Header(alias="Last-Event-ID", max_length=30)] = "",
    after: Annotated[int | None, Query(ge=0, le=2**62)] = None,
) -> StreamingResponse:
    """What happens from now on, or after the event of that id.

    ``reset`` comes first where events were forgotten meanwhile: look at the jobs themselves then.
    """
    last = after
    if seen:
        if not re.fullmatch("[0-9]{1,18}", seen):
            raise RequestError(
                f"Last-Event-ID: {seen[:40]!r} is none of ours", field="Last-Event-ID"
            )
        last = int(seen)
    if studio.hub.listeners >= studio.config.bounds.listeners:
        raise Refusal("as many streams of events are open as may be", _FULL)
    headers = {"X-Accel-Buffering": "no"}
    return StreamingResponse(_stream(studio, last), media_type="text/event-stream", headers=headers)


async def _stream(studio: Studio, last: int | None) -> AsyncGenerator[str]:
    """The text of the stream; it ends where the listener is too slow, who then resumes."""
    with studio.hub.listening() as news:
        oldest, newest = await asyncio.to_thread(studio.queue.journal.bounds)
        if last is None or last > newest:
            last = newest
        yield "retry: 1000\n\n"
        if last < oldest - 1:
            yield _frame("reset", {"oldest": oldest})
        while past := await asyncio.to_thread(studio.queue.events_after, last):
            last = past[-1].id
            yield "".join(map(_told, past))
        async for frame in _live(news, last):
            yield frame


async def _live(news: asyncio.Queue[News], last: int) -> AsyncGenerator[str]:
    """What happens after an event, as it happens."""
    while True:
        try:
            async with asyncio.timeout(HEARTBEAT_S):
                item = await news.get()
        except TimeoutError:
            yield ": still here\n\n"
            continue
        if item is None:
            return
        if isinstance(item, Sight):
            progress = asdict(view_progress(item.job))
            yield _frame("progress", {"job": item.job.id, **progress})
        elif item.id > last:
            yield _told(item)


def _told(event: Event) -> str:
    data = {"at": event.at, "job": event.job, **_shown(event.told)}
    return _frame(event.kind, data, event.id)


def _shown(told: dict[str, Any]) -> dict[str, Any]:
    """What an event tells, without the place of a file."""
    return {name: value for name, value in told.items() if name != "path"}


def _frame(kind: str, data: dict[str, Any], event_id: int | None = None) -> str:
    """An event as text; JSON has no line breaks of its own."""
    head = f"id: {event_id}\n" if event_id is not None else ""
    return f"{head}event: {kind}\ndata: {json.dumps(data)}\n\n"
