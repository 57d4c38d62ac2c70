"""Folders being imported: one after another, in the background of a server."""

from __future__ import annotations

import logging
import threading
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from velatura.errors import ImportRunning, RequestError, VelaturaError
from velatura.jobs.shelf import rescan
from velatura.library.index import ImportProgress

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from pathlib import Path

    from velatura.jobs import Queue
    from velatura.library.index import Library

LOG = logging.getLogger(__name__)

OWN = "studio"
"""What the studio's own folder of pictures is called."""

STOP_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportState:
    """How the last import is, or was.

    Attributes:
        folder: What the folder is called; empty where nothing was imported yet.
        is_running: Whether it goes on.
        progress: How far it is.
        error: Why it ended early, or empty.
    """

    folder: str = ""
    is_running: bool = False
    progress: ImportProgress = field(default_factory=ImportProgress)
    error: str = ""


class Imports:
    """Imports, of folders that the server was told of when it was started: clients name them.

    Args:
        folders: Folders that may be imported.
        queue: Whose pictures are found again in the studio's own folder.
        library: Where pictures go.
    """

    def __init__(self, folders: Sequence[Path], queue: Queue, library: Library) -> None:
        self._queue = queue
        self._library = library
        self._folders = _named(folders)
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._state = ImportState()

    @property
    def names(self) -> tuple[str, ...]:
        """What the folders are called: the studio's own, and the others by their last part."""
        return (OWN, *self._folders)

    @property
    def state(self) -> ImportState:
        """How the last import is."""
        with self._lock:
            return self._state

    def start(self, name: str, *, is_copied: bool = False, with_thumbnails: bool = False) -> None:
        """Begin to import a folder, or to look through one again.

        Args:
            name: One of :attr:`names`.
            is_copied: Whether files are copied into the studio's folder.
            with_thumbnails: Whether thumbnails are made at once.

        Raises:
            RequestError: there is no such folder.
            ImportRunning: another import goes on.
        """
        if name not in self.names:
            listed = ", ".join(self.names)
            raise RequestError(f"folder: {name[:80]!r} is not one of {listed}", field="folder")
        if name == OWN:
            steps = rescan(self._queue)
        else:
            steps = self._library.bring_in(
                self._folders[name], is_copied=is_copied, with_thumbnails=with_thumbnails
            )
        with self._lock:
            if self._state.is_running:
                raise ImportRunning(f"{self._state.folder} is being imported; wait for its end")
            self._state = ImportState(folder=name, is_running=True)
            self._thread = threading.Thread(target=self._run, args=(name, steps), name="import")
            self._thread.start()

    def stop(self) -> None:
        """Leave a running import after the pictures in hand; it goes on when begun again."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(STOP_S)

    def _run(self, name: str, steps: Iterator[ImportProgress]) -> None:
        progress, error = ImportProgress(), ""
        try:
            with closing(_closable(steps)) as told:
                for progress in told:
                    self._tell(ImportState(folder=name, is_running=True, progress=progress))
                    if self._stop.is_set():
                        break
        except VelaturaError as trouble:
            LOG.warning("the import of %s ended: %s", name, trouble)
            error = str(trouble)
        except Exception:
            LOG.exception("the import of %s ended by a defect", name)
            error = "a defect in Velatura ended it; the log tells more"
        self._tell(ImportState(folder=name, progress=progress, error=error))

    def _tell(self, state: ImportState) -> None:
        with self._lock:
            self._state = state


def _closable(steps: Iterator[ImportProgress]) -> Generator[ImportProgress, None, None]:
    yield from steps


def _named(folders: Sequence[Path]) -> dict[str, Path]:
    """Folders by a name of their own: the last part of the path, counted where it is taken."""
    named: dict[str, Path] = {}
    for folder in folders:
        stem = folder.name or "folder"
        name, count = stem, 1
        while name in named or name == OWN:
            count += 1
            name = f"{stem} {count}"
        named[name] = folder
    return named
