"""A job's pictures, written into files while the next ones are painted.

A file's name is decided by the job and the picture's place, so a job that is taken up again finds
what it had finished.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import PurePath
from typing import TYPE_CHECKING

from velatura.jobs.job import JobPicture
from velatura.library.files import save_once
from velatura.library.index import Find, Place, facts_of
from velatura.library.names import Occasion, file_stem
from velatura.metadata import encode_picture

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future

    from velatura.jobs.config import WorkerConfig
    from velatura.jobs.folder import Folder
    from velatura.jobs.job import Job
    from velatura.records import Picture

MOST = 8
"""Pictures that may wait; where files take longer than painting, that waits for them."""


class Writer:
    """Writes pictures in a thread of its own, one after another.

    Args:
        job: Whose pictures they are.
        folder: Where files go.
        config: What they are called, and how they are encoded.
    """

    def __init__(self, job: Job, folder: Folder, config: WorkerConfig) -> None:
        self._job = job
        self._folder = folder
        self._config = config
        self._thread = ThreadPoolExecutor(1)
        self._waiting: deque[Future[JobPicture]] = deque()

    def add(self, picture: Picture, place: int) -> None:
        """Have a picture written.

        Args:
            picture: The picture.
            place: Which of the job's it is, from 0.
        """
        if len(self._waiting) >= MOST:
            self._waiting[-MOST].exception()  # a wait; what went wrong is told by written()
        self._waiting.append(self._thread.submit(self._keep, picture, place))

    def written(self, *, wait: bool = False) -> Iterator[JobPicture]:
        """The pictures that were written since the last call, in their order.

        Args:
            wait: Wait for all that were added.

        Raises:
            DiskFull: one could not be written. Those behind it are given by the next call.
        """
        while self._waiting and (wait or self._waiting[0].done()):
            yield self._waiting.popleft().result()

    def close(self) -> None:
        """End the thread, when it has written what it was given."""
        self._thread.shutdown()

    def _keep(self, picture: Picture, place: int) -> JobPicture:
        path = self._earlier(place) or self._write(picture, place)
        find = self._find(picture, path)
        return JobPicture(
            place=place,
            id=find.facts.id,
            path=path,
            width=find.facts.width,
            height=find.facts.height,
            seam=picture.seam,
            remarks=picture.remarks,
            find=find,
        )

    def _find(self, picture: Picture, path: str) -> Find:
        """What the library is told of a picture."""
        state = (self._folder.pictures / path).stat()
        place = Place(root="", path=path, bytes=state.st_size, changed=state.st_mtime_ns)
        return Find(facts=facts_of(picture), place=place, job=self._job.id)

    def _write(self, picture: Picture, place: int) -> str:
        encoded = encode_picture(picture, self._config.encoding)
        stem = file_stem(self._config.pattern, Occasion(picture, self._when(), place))
        name = f"{self._name(place)}-{stem}" if stem else self._name(place)
        path = self._day() / f"{name}{encoded.suffix}"
        save_once(encoded.data, self._folder.pictures / path)
        return path.as_posix()

    def _earlier(self, place: int) -> str:
        """The file of a picture that a run wrote, but did not come to record."""
        if self._job.run == 1:
            return ""
        pictures = self._folder.pictures
        found = sorted((pictures / self._day()).glob(f"{self._name(place)}[-.]*"))
        return found[0].relative_to(pictures).as_posix() if found else ""

    def _name(self, place: int) -> str:
        """What a picture's file name begins with: no other job's does."""
        return f"{self._job.number:06}-{place:02}-{self._job.id[:8]}"

    def _day(self) -> PurePath:
        return PurePath(self._when().strftime("%Y-%m-%d"))

    def _when(self) -> datetime:
        """When the job was submitted: the same whenever it is carried out."""
        return datetime.fromtimestamp(self._job.submitted).astimezone()
