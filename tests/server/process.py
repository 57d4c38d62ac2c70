"""Starting and stopping a real server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import asdict

import httpx2

from tests.server.engines import quick_recipe

PATIENCE_S = 60.0


class Served:
    """A running server, and a client for it."""

    def __init__(self, process, address, log):
        self.process = process
        self.address = address
        self.log = log
        self.client = httpx2.Client(base_url=address, timeout=PATIENCE_S)

    def get(self, path, **options):
        return self.client.get(path, **options)

    def post(self, path, body=None, **options):
        return self.client.post(path, json=body, **options)

    def submit(self, **request):
        answer = self.post("/api/jobs", {"request": {"steps": 2, **request}})
        assert answer.status_code == 201, answer.text
        return answer.json()

    def until(self, job, *statuses):
        """The job once it is in one of these."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            found = self.get(f"/api/jobs/{job['id']}").json()
            if found["status"] in statuses:
                return found
            assert found["failure"] is None, found["failure"]
            time.sleep(0.02)
        raise AssertionError(f"the job is still {found['status']}, not {statuses}")

    def done(self, job):
        return self.until(job, "done")


@contextmanager
def served(data_dir, recipe=None, **config):
    """A server at a free port; killed in the end, should it not stop."""
    told = {
        "config": {"data_dir": str(data_dir), "port": 0, **config},
        "recipe": asdict(recipe or quick_recipe()),
    }
    log = data_dir.parent / f"{data_dir.name}.log"
    with log.open("ab") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.server.program", json.dumps(told)],
            stdout=subprocess.PIPE,
            stderr=file,
            env=os.environ | {"OMP_NUM_THREADS": "1"},
        )
    try:
        address = process.stdout.readline().decode().strip()
        assert address, log.read_text()
        server = Served(process, address, log)
        with server.client:
            yield server
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE_S)
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
