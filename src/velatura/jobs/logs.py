"""The log of the server and of its workers: a line of JSON for each entry."""

from __future__ import annotations

import json
import logging
import re
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_JOB = re.compile(r"\bjob ([0-9a-f]{32})\b")


class Lines(logging.Formatter):
    """Entries as JSON, with the job that they are about.

    Args:
        context: What else stands in an entry, as it is when the entry is made.
    """

    def __init__(self, context: Callable[[], Mapping[str, object]]) -> None:
        super().__init__()
        self._context = context

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        message = record.getMessage()
        entry = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
            + f".{int(record.msecs):03}Z",
            "level": record.levelname.lower(),
            "from": record.name,
            "message": message,
            **self._context(),
        }
        if named := _JOB.search(message):
            entry["job"] = named[1]
        if record.exc_info:
            entry["trace"] = self.formatException(record.exc_info)
        return json.dumps(entry)


def log_lines(context: Callable[[], Mapping[str, object]], level: int = logging.INFO) -> None:
    """Write the log of this process to standard error, a line of JSON for each entry."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines(context))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)
