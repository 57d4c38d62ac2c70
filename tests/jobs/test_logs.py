"""Entries of the log."""

import json
import logging
import sys

from velatura.jobs.logs import Lines

JOB = "0123456789abcdef" * 2


def line(message, *values, error=None):
    record = logging.LogRecord("velatura.x", logging.WARNING, "x.py", 1, message, values, error)
    return Lines(lambda: {"worker": "cpu"}).format(record)


def test_an_entry_is_one_line_that_knows_its_job():
    told = line("job %s is\nleft: %s", JOB, "a \u2028 word")
    assert "\n" not in told
    entry = json.loads(told)
    assert (entry["job"], entry["worker"], entry["level"]) == (JOB, "cpu", "warning")
    assert entry["message"] == f"job {JOB} is\nleft: a \u2028 word"
    assert entry["at"].endswith("Z")


def test_an_entry_about_no_job_names_none():
    assert "job" not in json.loads(line("the queue rests"))


def test_a_defect_comes_with_its_trace():
    try:
        raise ValueError("a defect")
    except ValueError:
        entry = json.loads(line("stopped", error=sys.exc_info()))
    assert "ValueError: a defect" in entry["trace"]
