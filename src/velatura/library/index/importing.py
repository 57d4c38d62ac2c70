"""Folders of pictures brought into the library: those of A1111, or whatever else.

Files that are known and have neither another size nor another time are not opened again. Several
processes read; this one writes, some hundred pictures in a transaction, so that an import that is
stopped goes on where it was.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING

from velatura.library.files import save_once
from velatura.library.index.entry import Find, Place
from velatura.library.index.reader import read_all
from velatura.library.index.shelve import forget_files, note_problems, shelve
from velatura.library.index.walking import Walk
from velatura.library.thumbnails import USUAL_SIDE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from velatura.database import Database
    from velatura.library.index.reading import Reading
    from velatura.library.thumbnails import Thumbnails

BATCH = 200
"""Pictures of one transaction."""

COPIES = "imported"
"""Folder of copied files within the studio's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPlan:
    """How a folder is imported.

    Attributes:
        folder: What to look through, with all folders in it.
        is_copied: Whether files are copied into the studio's folder; else they stay where they are
            and are only remembered.
        with_thumbnails: Whether thumbnails are made at once.
        processes: That read files; 1 reads in this one.
    """

    folder: Path
    is_copied: bool = False
    with_thumbnails: bool = False
    processes: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportProgress:
    """How far an import is.

    Attributes:
        seen: Picture files met.
        unchanged: Of these, not opened, as they are known.
        added: Read and entered.
        broken: Not readable.
        gone: Files known from before that are no longer there.
        skipped: Links, and what may not be read.
        problems: What was wrong with which file, a sentence each.
        is_done: Whether this is the end.
    """

    seen: int = 0
    unchanged: int = 0
    added: int = 0
    broken: int = 0
    gone: int = 0
    skipped: int = 0
    problems: tuple[str, ...] = field(default=(), repr=False)
    is_done: bool = False


class Import:
    """A folder on its way into the library.

    Args:
        plan: What to do.
        database: Where the library is.
        home: The studio's own folder of pictures.
        thumbnails: Where thumbnails go.
        clock: Seconds since 1970.
    """

    def __init__(
        self,
        plan: ImportPlan,
        database: Database,
        *,
        home: Path,
        thumbnails: Thumbnails,
        clock: Callable[[], float],
    ) -> None:
        self._plan = plan
        self._database = database
        self._home = home
        self._thumbnails = thumbnails
        self._clock = clock

    def run(self) -> Iterator[ImportProgress]:
        """Do it; tells how far it is after each transaction.

        Raises:
            RequestError: there is no such folder.
            OutputError: the disk takes no copies or thumbnails.
            DatabaseError: the database cannot be written.
        """
        walk = Walk(self._plan.folder, self._home, self._database)
        progress = ImportProgress()
        plan = self._plan
        readings = read_all(
            walk.fresh(), processes=plan.processes, with_thumbnails=plan.with_thumbnails
        )
        with closing(readings):
            while batch := list(islice(readings, BATCH)):
                progress = self._enter(batch, walk, progress)
                yield progress
        gone = walk.vanished()
        with self._database.writing() as connection:
            forget_files(connection, gone)
        yield replace(_counted(progress, walk), gone=len(gone), is_done=True)

    def _enter(
        self, batch: Sequence[tuple[Path, Place, Reading]], walk: Walk, so_far: ImportProgress
    ) -> ImportProgress:
        found: list[Find] = []
        broken: list[tuple[Place, str]] = []
        for path, place, reading in batch:
            if reading.facts is None:
                broken.append((place, reading.problem))
                walk.complain(reading.problem)
                continue
            find = Find(facts=reading.facts, place=place)
            found.append(find)
            if self._plan.is_copied and place.root:
                found.append(replace(find, place=self._copied(path, find)))
            if reading.thumbnail:
                self._thumbnails.put(find.facts.id, USUAL_SIDE, reading.thumbnail)
        with self._database.writing() as connection:
            shelve(connection, found, self._clock())
            note_problems(connection, broken)
        added = so_far.added + len(batch) - len(broken)
        return _counted(replace(so_far, added=added, broken=so_far.broken + len(broken)), walk)

    def _copied(self, path: Path, find: Find) -> Place:
        """A copy of a file in the studio's folder, named by what is in it."""
        picture_id = find.facts.id
        name = f"{COPIES}/{picture_id[:2]}/{picture_id}{path.suffix.lower()}"
        place = self._home / name
        save_once(path.read_bytes(), place)
        state = place.stat()
        return Place(root="", path=name, bytes=state.st_size, changed=state.st_mtime_ns)


def _counted(progress: ImportProgress, walk: Walk) -> ImportProgress:
    return replace(
        progress,
        seen=walk.seen,
        unchanged=walk.unchanged,
        skipped=walk.skipped,
        problems=tuple(walk.problems),
    )
