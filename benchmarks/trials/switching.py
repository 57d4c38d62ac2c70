"""A checkpoint from the disk, and from one to another in memory; print seconds."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from time import perf_counter

from velatura import LocalEngine, Txt2Img
from velatura.engines.memory import use_large_pages
from velatura.models.base import load_model
from velatura.models.catalogue import ModelFile
from velatura.models.hashes import Hashes

PIECE = 2**24
"""Bytes that a plain reading of the file takes at once."""


def load_cold(path: Path, rounds: int) -> dict[str, float]:
    """Seconds of a plain reading and of a loading in turn, the file in no memory before each.

    The file's hash is known, as it is from its second meeting on.
    """
    hashes = Hashes(None)
    hashes.short(path)
    figures: dict[str, float] = {}
    for turn in range(rounds):
        forget(path)
        began = perf_counter()
        read_plainly(path)
        figures[f"read, {turn}"] = perf_counter() - began
        forget(path)
        began = perf_counter()
        model = load_model(ModelFile("checkpoint", path.name, path), hashes=hashes)
        figures[f"load, {turn}"] = perf_counter() - began
        del model  # after the clock: giving memory back is no part of loading
    return figures


def read_plainly(path: Path) -> None:
    """Read the file from its first byte to its last, and keep nothing."""
    buffer = bytearray(PIECE)
    with path.open("rb", buffering=0) as file:
        while file.readinto(buffer):
            pass


def forget(path: Path) -> None:
    """Have the system drop what it remembers of a file."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def switch(path: Path, rounds: int, size: int = 128) -> dict[str, float]:
    """Seconds to the first step of a small picture, by the checkpoint before it.

    Two names of one file are two checkpoints to the engine.
    """
    other = path.with_stem(f"{path.stem}-other")
    for file in tuple(path.parent.glob(f"{path.stem}.*")):
        file.with_stem(other.stem).hardlink_to(file)  # its notes, too
    engine = LocalEngine([path.parent], memory_bytes=2**36)
    figures = {"new": first_step(engine, path.stem, size)}
    figures["new, another"] = first_step(engine, other.stem, size)
    for turn in range(rounds):
        figures[f"same, {turn}"] = first_step(engine, other.stem, size)
        figures[f"switched, {turn}"] = first_step(engine, path.stem, size)
        first_step(engine, other.stem, size)
    return figures


def first_step(engine: LocalEngine, checkpoint: str, size: int) -> float:
    """Seconds from a request to its first step."""
    request = Txt2Img(
        prompt="a boat", checkpoint=checkpoint, width=size, height=size, steps=2, seed=1
    )
    began = perf_counter()
    next(iter(engine.run(request)))
    return perf_counter() - began


if __name__ == "__main__":
    use_large_pages()
    task = {"cold": load_cold, "switch": switch}[sys.argv[1]]
    print(json.dumps(task(Path(sys.argv[2]), int(sys.argv[3]))))
