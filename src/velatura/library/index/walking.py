"""A folder's picture files, and those of them that are new or changed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sqlalchemy import select

from velatura.errors import RequestError
from velatura.library.index.entry import Place
from velatura.library.index.reading import SUFFIXES
from velatura.library.index.tables import files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from velatura.database import Database

MOST_PROBLEMS = 1000
"""That are told; all are counted."""


class Walk:
    """One look through a folder.

    Links are not followed, so no folder is entered twice and nothing outside is looked at. What
    begins with a dot is left alone.

    Args:
        folder: What to look through, with all folders in it.
        home: The studio's own folder of pictures: known by places relative to it, and not entered
            from a folder around it.
        database: Where the library is.

    Attributes:
        seen: Picture files met.
        unchanged: Those of them that are known.
        skipped: Links, and what may not be read.
        problems: What was wrong, a sentence each.

    Raises:
        RequestError: there is no such folder.
    """

    def __init__(self, folder: Path, home: Path, database: Database) -> None:
        self.seen = self.unchanged = self.skipped = 0
        self.problems: list[str] = []
        self._home = home.resolve()
        self._folder = folder.resolve()
        if not self._folder.is_dir():
            raise RequestError(f"{folder}: no such folder", field="folder")
        is_own = self._folder.is_relative_to(self._home)
        self._base = self._home if is_own else self._folder
        self._root = "" if is_own else str(self._folder)
        self._known = self._read_known(database)
        self._left = set(self._known)

    def fresh(self) -> Iterator[tuple[Path, Place]]:
        """The files to read, in the order of their names."""
        waiting = [self._folder]
        while waiting:
            folder = waiting.pop()
            folders, found = self._listed(folder)
            waiting += reversed(folders)
            for path in found:
                place = self._placed(path)
                if place is None:
                    continue
                self.seen += 1
                self._left.discard(place.path)
                if self._known.get(place.path) == (place.bytes, place.changed):
                    self.unchanged += 1
                else:
                    yield path, place

    def vanished(self) -> list[tuple[str, str]]:
        """Root and path of the files that were known and not met; after :meth:`fresh` has ended."""
        return [(self._root, path) for path in sorted(self._left)]

    def complain(self, problem: str) -> None:
        """Note what was wrong."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)

    def _read_known(self, database: Database) -> dict[str, tuple[int, int]]:
        query = select(files.c.path, files.c.bytes, files.c.changed)
        query = query.where(files.c.root == self._root)
        below = self._folder.relative_to(self._base).as_posix()
        if below != ".":
            query = query.where(files.c.path.startswith(f"{below}/", autoescape=True))
        with database.reading() as connection:
            return {row.path: (row.bytes, row.changed) for row in connection.execute(query)}

    def _listed(self, folder: Path) -> tuple[list[Path], list[Path]]:
        """The folders and the picture files in a folder."""
        folders: list[Path] = []
        found: list[Path] = []
        try:
            with os.scandir(folder) as entries:
                for entry in sorted(entries, key=lambda it: it.name):
                    if entry.name.startswith("."):
                        continue
                    if entry.is_symlink():
                        self.skipped += 1
                    elif entry.is_dir():
                        folders.append(folder / entry.name)
                    elif (folder / entry.name).suffix.lower() in SUFFIXES and entry.is_file():
                        found.append(folder / entry.name)
        except OSError as error:
            self._give_up(folder, error)
        return [path for path in folders if path != self._home or self._base == path], found

    def _give_up(self, folder: Path, error: OSError) -> None:
        """A folder that cannot be read: nothing in it counts as vanished."""
        self.skipped += 1
        self.complain(f"{folder}: cannot be read: {error.strerror or error}")
        below = folder.relative_to(self._base).as_posix()
        self._left = {
            path for path in self._left if below != "." and not path.startswith(f"{below}/")
        }

    def _placed(self, path: Path) -> Place | None:
        """The file as it is known; None where it cannot be."""
        try:
            state = path.stat(follow_symlinks=False)
            name = path.relative_to(self._base).as_posix()
            name.encode()
        except (OSError, UnicodeEncodeError) as error:
            self.skipped += 1
            shown = str(path).encode("utf-8", "replace").decode()
            self.complain(f"{shown}: cannot be looked at, or has a name that is no text ({error})")
            return None
        return Place(root=self._root, path=name, bytes=state.st_size, changed=state.st_mtime_ns)
