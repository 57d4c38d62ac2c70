"""The server's log: its entries know the request that they are about."""

from __future__ import annotations

import logging

from velatura.jobs import logs
from velatura.server.guard import REQUEST_ID


def log_lines(level: int = logging.INFO) -> None:
    """Write the log of this process to standard error, a line of JSON for each entry."""

    def context() -> dict[str, object]:
        request = REQUEST_ID.get()
        return {"request": request} if request else {}

    logs.log_lines(context, level)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)  # the guard tells of each request
