"""How soon the studio answers, and how quickly while it paints on all cores."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from contextlib import contextmanager, nullcontext
from http.client import HTTPConnection
from statistics import quantiles
from time import perf_counter, sleep
from typing import TYPE_CHECKING, Any

from benchmarks.rows import Row, ratios

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from benchmarks.options import Options

CALL = "from velatura.cli.main import main; main()"
"""What the installed ``velatura`` command does."""

JOBS = 1000
PAGES = 300
LISTENERS = 50
STEPS = 150
PATIENCE_S = 600.0


class Studio:
    """A running studio.

    Attributes:
        ready_s: From its start to its first answer.
    """

    def __init__(self, folder: Path) -> None:
        began = perf_counter()
        command = [sys.executable, "-c", CALL, "studio", "--port", "0", "--no-browser"]
        self._process = subprocess.Popen(
            [*command, "--data-dir", str(folder)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdout
        self._place = self._process.stdout.readline().rpartition("/")[2].strip()
        self.ask("GET", "/api/health")
        self.ready_s = perf_counter() - began

    def close(self) -> None:
        """Stop it."""
        self._process.terminate()
        self._process.wait(PATIENCE_S)

    def connect(self) -> HTTPConnection:
        """A connection of one's own."""
        return HTTPConnection(self._place, timeout=PATIENCE_S)

    def ask(self, method: str, path: str, body: Any = None) -> Any:  # noqa: ANN401
        """The JSON of an answer."""
        connection = self.connect()
        headers = {"Content-Type": "application/json"} if body is not None else {}
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = connection.getresponse()
        told = json.loads(answer.read())
        connection.close()
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: {told}")
        return told

    def paint(self, steps: int, priority: int = 0) -> str:
        """Submit a job of so many steps; its id."""
        request = {"prompt": "a green apple", "steps": steps, "seed": 1}
        return self.ask("POST", "/api/jobs", {"request": request, "priority": priority})["id"]

    def done(self, job: str) -> Any:  # noqa: ANN401
        """A job once it is done."""
        while (found := self.ask("GET", f"/api/jobs/{job}"))["status"] != "done":
            sleep(0.1)
        return found


def server(options: Options) -> list[Row]:
    """Rows about the server."""
    ready_s: list[float] = []
    for number in range(options.repeats):
        studio = Studio(options.folder / f"studio{number}")
        ready_s.append(studio.ready_s)
        studio.close()
    studio = Studio(options.folder / "studio")
    try:
        studio.done(studio.paint(steps=1))  # the checkpoint is loaded
        slowed = _slowed(studio, options.repeats)
        many_s = _submit(studio)
        listing_ms = _listing_ms(studio)
    finally:
        studio.close()
    return [
        Row(
            what="The studio, from its start to its first answer", values=ready_s, unit="s", bar=1.5
        ),
        Row(what=f"{JOBS:,} jobs submitted over HTTP", values=[many_s], unit="s", bar=5.0),
        Row(
            what="GET /api/jobs while a picture is painted, p99",
            values=[quantiles(listing_ms, n=100)[98]],
            unit="ms",
            bar=20.0,
        ),
        Row(
            what=f"A job with {LISTENERS} listeners, against one with none",
            values=slowed,
            unit="×",
            bar=1.02,
        ),
    ]


def _submit(studio: Studio) -> float:
    """Seconds to submit jobs that wait, which the queue's pause sees to."""
    studio.ask("POST", "/api/queue/pause", {})
    requests = [{"prompt": f"apple number {number}"} for number in range(JOBS)]
    began = perf_counter()
    studio.ask("POST", "/api/jobs/many", {"requests": requests, "priority": -1})
    took_s = perf_counter() - began
    studio.ask("POST", "/api/queue/resume", {})
    return took_s


def _listing_ms(studio: Studio) -> list[float]:
    """How long each page takes while something is painted, on one connection."""
    connection = studio.connect()
    taken: list[float] = []
    for _ in range(PAGES):
        began = perf_counter()
        connection.request("GET", "/api/jobs")
        connection.getresponse().read()
        taken.append(1e3 * (perf_counter() - began))
        sleep(0.01)
    connection.close()
    return taken


def _slowed(studio: Studio, repeats: int) -> list[float]:
    """What a job takes with listeners, over what it takes without, many times.

    Two jobs alike differ by more than listeners cost; so there are many pairs, and each of the two
    comes first in half of them.
    """
    seconds: dict[bool, list[float]] = {True: [], False: []}
    for turn in range(4 * repeats):
        for is_heard in (True, False) if turn % 2 else (False, True):
            with _listening(studio) if is_heard else nullcontext():
                seconds[is_heard].append(studio.done(studio.paint(STEPS))["seconds"])
    return ratios(seconds[True], seconds[False])


@contextmanager
def _listening(studio: Studio) -> Generator[None]:
    """Streams of events that are read as they come."""
    connections = [studio.connect() for _ in range(LISTENERS)]

    def read(connection: HTTPConnection) -> None:
        connection.request("GET", "/api/events")
        answer = connection.getresponse()
        while answer.readline() and connection.sock:
            pass

    threads = [threading.Thread(target=read, args=(it,), daemon=True) for it in connections]
    for thread in threads:
        thread.start()
    yield
    for connection in connections:
        if connection.sock:
            connection.sock.shutdown(2)
    for thread in threads:
        thread.join()
