"""A real ``velatura studio``, that can be stopped and started again at the same address."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx2

VELATURA = Path(sys.executable).with_name("velatura")
PATIENCE_S = 60


class StudioProcess:
    """The studio over one data folder."""

    def __init__(self, folder):
        self._folder = folder
        self.imports = folder / "old"
        self.imports.mkdir()
        self._port = "0"
        self._process = None
        self.address = ""

    def start(self, *words):
        """Start it; further words of its command line may be given."""
        kept = {name: told for name, told in os.environ.items() if not name.startswith("VELATURA_")}
        given = ["--port", self._port, "--data-dir", self._folder / "data", "--no-browser", *words]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [VELATURA, "studio", *given],
                env=kept
                | {"HOME": str(self._folder), "OMP_NUM_THREADS": "1"}
                | {"VELATURA_IMPORT_DIR": str(self.imports)},
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        told = self._process.stdout.readline()
        assert told, (self._folder / "log").read_text()
        self.address = told.split()[-1].rstrip("/")
        self._port = self.address.rpartition(":")[2]

    @property
    def is_running(self):
        return self._process is not None

    def stop(self):
        """Ask it to end, and wait for that."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(PATIENCE_S)
        finally:
            self._process.kill()
            self._process.wait()
            self._process.stdout.close()
            self._process = None

    def get(self, path, **query):
        """What a route answers."""
        answer = httpx2.get(self.address + path, params=query, timeout=PATIENCE_S)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path, **body):
        """What a route answers to a body."""
        answer = httpx2.post(self.address + path, json=body, timeout=PATIENCE_S)
        assert answer.is_success, answer.text
        return answer.json()

    def paint(self, **request):
        """Put a request into the queue, behind the page's back; answers with its job."""
        small = {"kind": "txt2img", "width": 64, "height": 64, "steps": 2, "batch_size": 1}
        return self.post("/api/jobs", request=small | request)

    def done(self, job):
        """The job, once it is done."""
        end = time.monotonic() + PATIENCE_S
        while (now := self.get(f"/api/jobs/{job['id']}"))["status"] in ("queued", "running"):
            assert time.monotonic() < end, now
            time.sleep(0.1)
        assert now["status"] == "done", now
        return now

    def jobs_of(self, prompt):
        """The jobs of these words, the latest first."""
        jobs = self.get("/api/jobs")["jobs"]
        return [job for job in jobs if job["request"].get("prompt") == prompt]
