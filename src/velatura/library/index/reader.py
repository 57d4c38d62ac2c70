"""Many picture files read, by several processes where there are many."""

from __future__ import annotations

import multiprocessing
from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from typing import TYPE_CHECKING

import cv2

from velatura.library.index.reading import Reading, read_file

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator
    from pathlib import Path

    from velatura.library.index.entry import Place

    Job = tuple[Path, Place]
    Result = tuple[Path, Place, Reading]

CHUNK = 16
"""Files that a process is given at once."""

AHEAD = 4
"""Chunks that wait for each process."""

FEW = 64
"""So many files are read sooner than another process has started."""

FATAL = "reading it killed the process; it is damaged in a way that no reader survives"


def read_all(
    wanted: Iterable[Job], *, processes: int, with_thumbnails: bool
) -> Generator[Result, None, None]:
    """What is in files, in their order. Broken ones are told, even such that kill their reader.

    Args:
        wanted: Files.
        processes: How many may read at once; 1 is this one.
        with_thumbnails: Whether thumbnails are made, too.
    """
    waiting = iter(wanted)
    first = list(islice(waiting, FEW))
    if processes <= 1 or len(first) < FEW:
        for path, place in chain(first, waiting):
            yield path, place, read_file(path, with_thumbnail=with_thumbnails)
        return
    with Crew(processes, with_thumbnails=with_thumbnails) as crew:
        yield from crew.read(chain(first, waiting))


class Crew:
    """Processes that read files.

    Args:
        processes: How many.
        with_thumbnails: Whether they make thumbnails, too.
    """

    def __init__(self, processes: int, *, with_thumbnails: bool) -> None:
        self._processes = processes
        self._with_thumbnails = with_thumbnails
        self._pool = self._hired(processes)
        self._pending: deque[tuple[list[Job], Future[list[Reading]]]] = deque()

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def read(self, wanted: Iterator[Job]) -> Iterator[Result]:
        """What is in files, in their order."""
        while True:
            while len(self._pending) < AHEAD * self._processes:
                if not (chunk := list(islice(wanted, CHUNK))):
                    break
                self._submit(chunk)
            if not self._pending:
                return
            chunk, future = self._pending.popleft()
            try:
                readings = future.result()
            except BrokenProcessPool:
                readings = self._read_singly(chunk)
            for (path, place), reading in zip(chunk, readings, strict=True):
                yield path, place, reading

    def _submit(self, chunk: list[Job]) -> None:
        paths = [path for path, _ in chunk]
        try:
            future = self._pool.submit(_read, paths, self._with_thumbnails)
        except BrokenProcessPool as error:
            future = Future[list[Reading]]()
            future.set_exception(error)
        self._pending.append((chunk, future))

    def _read_singly(self, chunk: list[Job]) -> list[Reading]:
        """After a death: each file alone, to see which one did it; then all go on as before."""
        readings: list[Reading] = []
        for path, _ in chunk:
            with self._hired(1) as alone:
                try:
                    readings += alone.submit(_read, [path], self._with_thumbnails).result()
                except BrokenProcessPool:
                    readings.append(Reading(problem=f"{path}: {FATAL}"))
        left = [each for each, _ in self._pending]
        self._pool.shutdown(wait=True)
        self._pool = self._hired(self._processes)
        self._pending.clear()
        for each in left:
            self._submit(each)
        return readings

    @staticmethod
    def _hired(processes: int) -> ProcessPoolExecutor:
        # Not forked: this process may have threads that hold locks.
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(processes, mp_context=context, initializer=_prepare)


def _prepare() -> None:
    """One thread each: there are as many processes as cores."""
    cv2.setNumThreads(1)


def _read(paths: list[Path], with_thumbnails: bool) -> list[Reading]:
    return [read_file(path, with_thumbnail=with_thumbnails) for path in paths]
