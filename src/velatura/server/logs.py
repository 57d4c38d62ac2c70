"""The server's log: a line of JSON for each entry, with the request and the job it is about."""

from __future__ import annotations

import json
import logging
import re
import sys
import time

from velatura.server.guard import REQUEST_ID

_JOB = re.compile(r"\bjob ([0-9a-f]{32})\b")


class Lines(logging.Formatter):
    """Entries as JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        message = record.getMessage()
        entry = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
            + f".{int(record.msecs):03}Z",
            "level": record.levelname.lower(),
            "from": record.name,
            "message": message,
        }
        if request_id := REQUEST_ID.get():
            entry["request"] = request_id
        if named := _JOB.search(message):
            entry["job"] = named[1]
        if record.exc_info:
            entry["trace"] = self.formatException(record.exc_info)
        return json.dumps(entry)


def log_lines(level: int = logging.INFO) -> None:
    """Write the log of this process to standard error, a line of JSON for each entry."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in ("uvicorn", "alembic"):  # the guard tells of each request
        logging.getLogger(name).setLevel(logging.WARNING)
