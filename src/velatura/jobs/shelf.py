"""The library of a queue: its pictures enter it as their jobs record them.

What is missing there all the same (an older Velatura made it, a database was restored from a
backup) is found by looking through the folder of pictures again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from velatura.jobs.tables import jobs
from velatura.jobs.tables import pictures as made
from velatura.library.index import Library
from velatura.library.index.tables import pictures

if TYPE_CHECKING:
    from collections.abc import Iterator

    from velatura.jobs.queue import Queue
    from velatura.library.index import ImportProgress


def open_library(queue: Queue) -> Library:
    """The library of what a queue makes, and of what is imported beside it."""
    return Library(queue.database, queue.folder.pictures, queue.folder.thumbnails)


def rescan(queue: Queue) -> Iterator[ImportProgress]:
    """Look through the folder of pictures: what is there enters, what is not is gone.

    Tells how far it is; afterwards pictures know their jobs again.

    Raises:
        DatabaseError: the database cannot be written.
    """
    yield from open_library(queue).bring_in(queue.folder.pictures)
    with queue.database.writing() as connection:
        query = (
            select(pictures.c.number, jobs.c.id)
            .join(made, made.c.id == pictures.c.id)
            .join(jobs, jobs.c.number == made.c.job)
            .where(pictures.c.job == "")
            .order_by(jobs.c.number)
        )
        latest = {row.number: row.id for row in connection.execute(query)}
        for number, job in latest.items():
            mine = pictures.c.number == number
            connection.execute(update(pictures).where(mine).values(job=job))
