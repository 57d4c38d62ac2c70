"""The one reader of the journal."""

from __future__ import annotations

import asyncio

import pytest

from velatura.jobs import Queue
from velatura.server.hub import Hub


@pytest.fixture
def queue(tmp_path):
    made = Queue(tmp_path / "data")
    yield made
    made.close()


@pytest.mark.parametrize("turns", range(6))
def test_it_ends_when_it_is_told_to_even_as_news_come(queue, turns):
    async def scenario():
        reading = asyncio.create_task(Hub(queue).run())
        await asyncio.sleep(0.3)  # it waits for news now
        queue.bell.ring()
        for _ in range(turns):
            await asyncio.sleep(0)
        reading.cancel()
        done, _ = await asyncio.wait([reading], timeout=5)
        return reading in done

    assert asyncio.run(scenario())
