"""``/api/events``: what happens, as server-sent events.

An event's id is that of the journal: a browser that was cut off sends the last one it saw, and gets
what happened since. How far running jobs are comes between, as ``progress`` without an id.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator
from typing import Annotated

from fastapi import APIRouter, Header, Query
from starlette.responses import StreamingResponse

from velatura.errors import RequestError
from velatura.server.news import News, frame, news_of
from velatura.server.problems import Answer, Refusal
from velatura.server.studio import Studio, StudioDep

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
            yield frame("reset", {"oldest": oldest})
        while past := await asyncio.to_thread(studio.queue.events_after, last):
            last = past[-1].id
            yield "".join(news_of(event).text for event in past)
        async for text in _live(news, last):
            yield text


async def _live(news: asyncio.Queue[News | None], last: int) -> AsyncGenerator[str]:
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
        if item.event is None or item.event.id > last:
            yield item.text
