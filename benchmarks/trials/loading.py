"""Load a checkpoint; print seconds and bytes."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from time import perf_counter

from benchmarks.memory import forget_peak, peak_bytes, read_memory
from velatura.models.base import load_model
from velatura.models.catalogue import ModelFile
from velatura.models.hashes import Hashes


def measure(path: Path) -> dict[str, float]:
    """Hash the file as a first meeting does, then load it."""
    hashes = Hashes(None)
    started = perf_counter()
    hashes.short(path)
    hashed = perf_counter()
    forget_peak()
    before = read_memory()
    model = load_model(ModelFile("checkpoint", path.name, path), hashes=hashes)
    loaded = perf_counter()
    return {
        "hashing": hashed - started,
        "loading": loaded - hashed,
        "weights": model.size_bytes,
        "resident before": before.get("resident", 0),
        "anonymous before": before.get("anonymous", 0),
        "resident peak": peak_bytes(),
        "anonymous after": read_memory().get("anonymous", 0),
    }


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]))))
