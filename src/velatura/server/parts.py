"""A server's parts, put together."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from velatura.jobs.shelf import open_library
from velatura.server.door import Door
from velatura.server.hub import Hub
from velatura.server.imports import Imports
from velatura.server.inputs import check_bounds
from velatura.server.models import Models
from velatura.server.pool import Pool
from velatura.server.sdapi.calls import Calls
from velatura.server.sdapi.options import OptionsFile
from velatura.server.studio import Studio
from velatura.workflows.runs import Runs

if TYPE_CHECKING:
    from velatura.jobs import Queue, Supervisor
    from velatura.records import Bitmap
    from velatura.records import Request as Record
    from velatura.server.config import ServerConfig


def make_studio(config: ServerConfig, queue: Queue, supervisor: Supervisor | None) -> Studio:
    """The parts of a server that works with this queue."""
    library, models = open_library(queue), Models(config)

    def find(bitmap_id: str) -> Bitmap | None:
        return Pool(queue, library, config.bounds).find(bitmap_id)

    def check(request: Record) -> None:
        check_bounds(request, config.bounds)
        models.check(request)

    return Studio(
        config=config,
        queue=queue,
        supervisor=supervisor,
        models=models,
        door=Door(config, time.monotonic),
        hub=Hub(queue),
        options=OptionsFile(config.data_dir / "a1111-options.json"),
        calls=Calls(),
        library=library,
        imports=Imports(config.import_dirs, queue, library),
        runs=Runs(queue, find, check, time.time),
        check=check,
    )
