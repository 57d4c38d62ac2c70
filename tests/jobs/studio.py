"""A studio without its server: ``python -m tests.jobs.studio FOLDER URL STEP_S``."""

from __future__ import annotations

import signal
import sys
import threading
from dataclasses import replace
from pathlib import Path

from tests.jobs.engines import chain_recipe
from velatura.jobs import Queue


def main(root: str, url: str, step_s: str) -> None:
    queue = Queue(Path(root), url=url)
    config = queue.worker("cpu", chain_recipe(float(step_s)))
    quick = replace(config, snapshot_s=0.02, preview_s=0.0, report_s=0.02, most_deaths=50)
    supervisor = queue.supervise([quick])
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    supervisor.start()
    stop.wait()
    supervisor.stop()
    assert "torch" not in sys.modules


if __name__ == "__main__":
    main(*sys.argv[1:])
