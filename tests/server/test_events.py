"""The stream of events, against a real process."""

from __future__ import annotations

import json

from tests.server.process import PATIENCE_S, served


def read_events(studio, until, last=None):
    """Events as (id, kind, data), up to the one that ``until`` says yes to."""
    headers = {"Last-Event-ID": str(last)} if last is not None else {}
    seen = []
    with studio.client.stream("GET", "/api/events", headers=headers, timeout=PATIENCE_S) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        event = {}
        for line in answer.iter_lines():
            if line:
                name, _, value = line.partition(": ")
                event[name] = value
            elif "event" in event:
                number = int(event["id"]) if "id" in event else None
                seen.append((number, event["event"], json.loads(event["data"])))
                event = {}
                if until(*seen[-1]):
                    return seen
            else:
                event = {}
    raise AssertionError("the stream ended")


def test_a_listener_hears_of_a_job_from_beginning_to_end(studio):
    begin = last_event(studio)
    job = studio.submit(prompt="heard", steps=3)

    def until(_number, kind, data):
        return kind == "done" and data["job"] == job["id"]

    heard = read_events(studio, until, last=begin)
    kinds = [kind for number, kind, data in heard if data["job"] == job["id"] and number]
    assert kinds[0] == "submitted"
    assert kinds[-1] == "done"
    assert "started" in kinds
    assert all("path" not in data for _, _, data in heard)


def last_event(studio):
    """Id of the newest event there is."""
    job = studio.done(studio.submit(prompt="marker", steps=1))
    events = read_events(
        studio, lambda _n, kind, data: (kind, data["job"]) == ("done", job["id"]), 0
    )
    return events[-1][0]


def test_a_listener_that_comes_back_hears_what_it_missed_once(studio):
    begin = last_event(studio)
    jobs = [studio.done(studio.submit(prompt=f"missed {number}")) for number in range(3)]

    def until(_number, kind, data):
        return kind == "done" and data["job"] == jobs[-1]["id"]

    events = read_events(studio, until, last=begin)
    numbers = [number for number, _, _ in events if number]
    assert numbers == sorted(set(numbers))
    assert numbers[0] == begin + 1
    again = read_events(studio, until, last=numbers[2])
    assert [number for number, _, _ in again if number] == numbers[3:]


def test_an_id_that_is_none_of_ours_is_refused(studio):
    assert studio.get("/api/events", headers={"Last-Event-ID": "x"}).status_code == 422


def test_a_stream_is_ended_in_order_when_the_server_stops(tmp_path):
    data = tmp_path / "data"
    with served(data) as server, server.client.stream("GET", "/api/events") as answer:
        lines = answer.iter_lines()
        next(lines)
        server.process.terminate()
        assert all("event" not in line for line in lines)
    assert "Exception" not in (tmp_path / "data.log").read_text()
