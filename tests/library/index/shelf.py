"""A library on a database, and pictures of no pixels to put into it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any

from velatura.database import Database, migrate, open_database
from velatura.library.index import Edge, Facts, Find, Library, Place, shelve

if TYPE_CHECKING:
    from pathlib import Path

NOW = 1_790_000_000.0


def picture_id(name: object) -> str:
    return hashlib.sha256(str(name).encode()).hexdigest()


def found(name: object, *, made: float = NOW, job: str = "", **facts: Any) -> Find:
    """A picture of that name, in a file of that name."""
    values = {"id": picture_id(name), "width": 512, "height": 512} | facts
    place = Place(root="/elsewhere", path=f"{name}.png", bytes=1, changed=round(made * 1e9))
    return Find(facts=Facts(**values), place=place, job=job)


def edge(child: object, parent: object, role: str = "image") -> Edge:
    return Edge(child=picture_id(child), parent=picture_id(parent), role=role)


@dataclass
class Shelf:
    database: Database
    library: Library

    def put(self, *finds: Find) -> None:
        with self.database.writing() as connection:
            shelve(connection, finds, NOW)

    def names(self, query: str = "", **options: Any) -> list[str]:
        """The prompts of what is found, page after page."""
        return [entry.prompt for entry in self.entries(query, **options)]

    def entries(self, query: str = "", **options: Any):
        page = self.library.search(query, **options)
        entries = list(page.entries)
        while page.next:
            page = self.library.search(query, cursor=page.next, **options)
            entries += page.entries
        return entries


def open_shelf(url: str, folder: Path) -> Shelf:
    database = open_database(url)
    migrate(database)
    library = Library(database, folder / "home", folder / "thumbnails", clock=lambda: NOW, zone=UTC)
    return Shelf(database, library)
