"""The one reader of the journal."""

from __future__ import annotations

import asyncio

import pytest

from velatura.jobs import Queue
from velatura.records import Txt2Img
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


def test_news_are_put_into_words_once_for_all_who_listen(queue):
    async def scenario():
        hub = Hub(queue)
        reading = asyncio.create_task(hub.run())
        with hub.listening() as first, hub.listening() as second:
            await asyncio.sleep(0.3)
            job = await asyncio.to_thread(queue.submit, Txt2Img(prompt="a red apple"))
            told = await first.get(), await second.get()
        reading.cancel()
        await asyncio.wait([reading])
        return job, told

    job, (one, other) = asyncio.run(scenario())
    assert one is other
    assert one.event.job == job.id
    assert job.id in one.text
