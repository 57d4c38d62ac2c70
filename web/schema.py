"""Print the OpenAPI document of the studio's own routes, for the types of the web application."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from velatura.jobs import Queue
from velatura.server.app import create_app
from velatura.server.config import ServerConfig


def main() -> None:
    """Write the document to standard output."""
    with tempfile.TemporaryDirectory() as folder:
        queue = Queue(Path(folder))
        document = create_app(ServerConfig(data_dir=Path(folder)), queue).app.openapi()
        queue.close()
    own = {path: routes for path, routes in document["paths"].items() if path.startswith("/api/")}
    json.dump(document | {"paths": own}, sys.stdout)


if __name__ == "__main__":
    main()
