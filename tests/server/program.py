"""A server for the tests, as a process of its own: ``python -m tests.server.program CONFIG``.

CONFIG is JSON: ``config``, fields of the server's configuration, and ``recipe``, how its worker
makes an engine.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from velatura.jobs import Recipe
from velatura.server.config import Bounds, ServerConfig
from velatura.server.logs import log_lines
from velatura.server.serve import serve


def announce(where: str) -> None:
    sys.stdout.write(f"{where}\n")
    sys.stdout.flush()


def main() -> None:
    told = json.loads(sys.argv[1])
    given = told["config"]
    given["data_dir"] = Path(given["data_dir"])
    given["models_dirs"] = tuple(map(Path, given.get("models_dirs", ())))
    given["import_dirs"] = tuple(map(Path, given.get("import_dirs", ())))
    given["allowed_hosts"] = tuple(given.get("allowed_hosts", ()))
    for name in ("styles_file", "cache_dir"):
        given[name] = Path(given[name]) if given.get(name) else None
    given["bounds"] = Bounds(**given.get("bounds", {}))
    log_lines()
    serve(ServerConfig(**given), Recipe(**told["recipe"]), announce)


if __name__ == "__main__":
    main()
