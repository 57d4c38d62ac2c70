"""The library, whole: what the server and the command line use.

    library = Library(database, folder.pictures, folder.thumbnails)
    page = library.search('cat sampler:"Euler a" rating:>=3')

It may be used from several threads and processes at once. What changes several pictures changes all
of them or none.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from velatura.errors import OutputError, RequestError, UnknownPicture
from velatura.library.index import marks
from velatura.library.index.entries import (
    Range,
    count,
    numbers_of,
    read_entry,
    read_places,
    read_story,
    search,
)
from velatura.library.index.importing import Import, ImportPlan
from velatura.library.index.lineage import read_family
from velatura.library.index.query import parse_query
from velatura.library.index.reading import pixels_of
from velatura.library.index.shelve import drop
from velatura.library.index.tables import pictures
from velatura.library.thumbnails import USUAL_SIDE, Thumbnails

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import tzinfo

    from velatura.database import Database
    from velatura.library.index.entry import Entry, Family, Label, Page, Place, Story
    from velatura.library.index.importing import ImportProgress
    from velatura.library.index.marks import Marks
    from velatura.records import Pixels

MOST_PROCESSES = 8
MOST_AT_ONCE = 1000
"""Pictures that one call may change."""


class Library:
    """Pictures, and where they are.

    Args:
        database: Where the library is; brought up to date before.
        home: The studio's own folder of pictures.
        thumbnails: Folder of thumbnails.
        clock: Seconds since 1970.
        zone: Where days begin, for queries; None is this machine's.
    """

    def __init__(
        self,
        database: Database,
        home: Path,
        thumbnails: Path,
        *,
        clock: Callable[[], float] = time.time,
        zone: tzinfo | None = None,
    ) -> None:
        self._database = database
        self._home = home
        self._thumbnails = Thumbnails(thumbnails)
        self._clock = clock
        self._zone = zone

    def search(
        self,
        query: str = "",
        *,
        order: str = "newest",
        limit: int = 50,
        cursor: str = "",
        skip: int = 0,
    ) -> Page:
        """Pictures that a query finds; :mod:`velatura.library.index.query` tells its language.

        Args:
            query: What to look for; empty finds all that are shown.
            order: "newest", "oldest" or "rating".
            limit: How many.
            cursor: ``Page.next`` of the page before; empty begins.
            skip: How many to pass over before the first.

        Raises:
            TextError: the query cannot be read.
            RequestError: order, limit, cursor or skip cannot be.
        """
        terms = parse_query(query, self._zone)
        wanted = Range(order=order, limit=limit, cursor=cursor, skip=skip)
        with self._database.reading() as connection:
            return search(connection, terms, wanted)

    def count(self, query: str = "") -> int:
        """How many pictures a query finds.

        Raises:
            TextError: the query cannot be read.
        """
        terms = parse_query(query, self._zone)
        with self._database.reading() as connection:
            return count(connection, terms)

    def get(self, picture_id: str) -> Entry:
        """One picture.

        Raises:
            UnknownPicture: the library has none of that id.
        """
        with self._database.reading() as connection:
            return read_entry(connection, picture_id)

    def story(self, picture_id: str) -> Story:
        """How a picture was made, and where its files are.

        Raises:
            UnknownPicture: the library has none of that id.
        """
        with self._database.reading() as connection:
            return read_story(connection, read_entry(connection, picture_id).number)

    def family(self, picture_id: str) -> Family:
        """Where a picture comes from, and what was made from it.

        Raises:
            UnknownPicture: nothing is known of that id.
        """
        with self._database.reading() as connection:
            family = read_family(connection, picture_id)
        if not family.edges and picture_id not in family.known:
            raise UnknownPicture(f"nothing is known of a picture {picture_id[:12]!r}")
        return family

    def file(self, picture_id: str) -> tuple[Path, Place]:
        """A file of a picture that is there.

        Raises:
            UnknownPicture: there is no such picture, or no such file any more.
        """
        for place in self.story(picture_id).places:
            base = self._base(place)
            path = (base / place.path).resolve()
            # A folder on the way may have become a link elsewhere since.
            if path.is_relative_to(base.resolve()) and path.is_file():
                return path, place
        raise UnknownPicture(
            f"the file of picture {picture_id[:12]!r} is gone; import its folder again"
        )

    def pixels(self, picture_id: str) -> Pixels:
        """A picture's pixels.

        Raises:
            UnknownPicture: there is no such picture, or its file is gone or another's.
            PictureError: the file is damaged.
        """
        path, _ = self.file(picture_id)
        try:
            return pixels_of(path.read_bytes())
        except OSError as error:
            raise UnknownPicture(
                f"the file of picture {picture_id[:12]!r} cannot be read: {error.strerror}"
            ) from error

    def thumbnail(self, picture_id: str, side: int = USUAL_SIDE) -> bytes:
        """A small picture, as WebP.

        Args:
            picture_id: The picture.
            side: Its longer side: one of :data:`~velatura.library.thumbnails.SIDES`.

        Raises:
            RequestError: another side.
            UnknownPicture: there is no such picture, or its file is gone.
            PictureError: the file is damaged.
        """
        return self._thumbnails.get(picture_id, side, lambda: self.pixels(picture_id))

    def mark(self, picture_ids: Sequence[str], asked: Marks) -> None:
        """Say what to think of pictures.

        Raises:
            RequestError: a mark that cannot be; nothing was changed, here as below.
            UnknownPicture: one of them is not in the library.
            UnknownCollection: there is none to take them out of.
        """
        with self._database.writing() as connection:
            marks.mark(connection, _checked(picture_ids), asked, self._clock())

    def drop_collection(self, name: str) -> None:
        """Give a collection up; its pictures stay.

        Raises:
            UnknownCollection: there is none of that name.
        """
        with self._database.writing() as connection:
            marks.drop_collection(connection, name)

    @property
    def collections(self) -> tuple[Label, ...]:
        """All collections, with how many of their pictures are shown."""
        with self._database.reading() as connection:
            return marks.read_collections(connection)

    @property
    def tags(self) -> tuple[Label, ...]:
        """All tags, with how many pictures have them."""
        with self._database.reading() as connection:
            return marks.read_tags(connection)

    def trash(self, picture_ids: Sequence[str]) -> None:
        """Put pictures into the trash; their files stay until it is emptied."""
        with self._database.writing() as connection:
            marks.trash(connection, _checked(picture_ids), self._clock())

    def restore(self, picture_ids: Sequence[str]) -> None:
        """Take pictures out of the trash again, with all their marks."""
        with self._database.writing() as connection:
            marks.restore(connection, _checked(picture_ids))

    def purge(self, picture_ids: Sequence[str] | None = None) -> int:
        """Delete pictures that are in the trash, for good; how many there were.

        Files in the studio's folder are deleted. Those of folders that were imported in place are
        the user's own and stay; the library forgets them until they change.

        Args:
            picture_ids: Which; None is all that are in the trash.

        Raises:
            RequestError: one of them is not in the trash; nothing was deleted.
            UnknownPicture: one of them is not in the library; nothing was deleted.
            OutputError: a file cannot be deleted.
        """
        with self._database.writing() as connection:
            found = select(pictures.c.number, pictures.c.id).where(pictures.c.trashed.is_not(None))
            if picture_ids is not None:
                wanted = numbers_of(connection, _checked(picture_ids))
                found = found.where(pictures.c.number.in_(wanted))
            ids = {row.number: row.id for row in connection.execute(found)}
            if picture_ids is not None and len(ids) < len(set(picture_ids)):
                raise RequestError("ids: only pictures in the trash can be deleted for good")
            for number, picture_id in ids.items():
                self._delete(read_places(connection, [number]))
                self._thumbnails.forget(picture_id)
            drop(connection, list(ids))
        return len(ids)

    def bring_in(
        self,
        folder: Path,
        *,
        is_copied: bool = False,
        with_thumbnails: bool = False,
        processes: int | None = None,
    ) -> Iterator[ImportProgress]:
        """Import a folder, or look through one again; see :class:`~.importing.Import`."""
        plan = ImportPlan(
            folder=folder,
            is_copied=is_copied,
            with_thumbnails=with_thumbnails,
            processes=processes or min(os.cpu_count() or 1, MOST_PROCESSES),
        )
        return Import(
            plan,
            self._database,
            home=self._home,
            thumbnails=self._thumbnails,
            clock=self._clock,
        ).run()

    def _base(self, place: Place) -> Path:
        return Path(place.root) if place.root else self._home

    def _delete(self, places: Sequence[Place]) -> None:
        for place in places:
            if not place.root:
                try:
                    (self._home / place.path).unlink(missing_ok=True)
                except OSError as error:
                    raise OutputError(
                        f"{place.path}: cannot be deleted: {error.strerror}; "
                        "check the folder's permissions"
                    ) from error


def _checked(picture_ids: Sequence[str]) -> Sequence[str]:
    if not 1 <= len(picture_ids) <= MOST_AT_ONCE:
        raise RequestError(
            f"ids: expected 1 to {MOST_AT_ONCE} pictures, got {len(picture_ids)}", field="ids"
        )
    return picture_ids
