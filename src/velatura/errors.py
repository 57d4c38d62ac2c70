"""What can go wrong, as one tree.

    VelaturaError
    ├── RequestError           the request itself cannot be carried out (exit code 2)
    │   ├── TextError          a text cannot be read; knows the position and draws a caret
    │   │   └── PromptError    that text is a prompt
    │   └── WorkflowError      a workflow document cannot be read or run; says line and column
    ├── ModelError             a model file cannot be used (exit code 3)
    │   ├── UnknownModel       no model of that name in the folders searched
    │   ├── BrokenModel        the file is truncated, malformed or not a model
    │   ├── UnsafeModel        the file wants to run code when it is read
    │   └── UnsupportedModel   the file is sound, but of an architecture we do not run
    ├── OutputError            a picture cannot be written: folder, permission, disk (exit code 4)
    │   └── DiskFull           there is no room for it
    ├── PictureError           a picture file cannot be read (exit code 5)
    ├── LibraryError           the library cannot do what was asked (exit code 10)
    │   ├── UnknownPicture     no picture of that id, or its file is gone
    │   ├── UnknownCollection  no collection of that name
    │   └── ImportRunning      folders are imported one after another
    ├── EngineError            the machine could not carry the work out (exit code 6)
    │   └── OutOfMemory        the device has too little memory for this request
    ├── DatabaseError          the database cannot be used (exit code 7)
    │   ├── DatabaseReadOnly   it may be read, but not written
    │   ├── DatabaseLocked     another program holds it
    │   ├── DatabaseCorrupt    it is damaged, or no database of ours
    │   ├── DatabaseTooNew     a newer Velatura wrote it
    │   ├── DatabaseFull       there is no room for what is to be written
    │   └── DatabaseUnreachable  no such folder, no server that answers, no driver for it
    └── JobError               the queue cannot do what was asked (exit code 8)
        ├── UnknownJob         no job of that id, or it belongs to somebody else
        ├── UnknownRun         no workflow of that id was submitted
        ├── WrongStatus        the job is in a status that does not allow it
        ├── KeyTaken           the idempotency key stands for another request
        └── QueueFull          as many jobs wait as one client may have

A message says what was wrong, what was expected and what to do, in one line.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator


class VelaturaError(Exception):
    """Anything Velatura reports on purpose. Every other exception is a defect.

    Attributes:
        field: Name of the request's field that is to blame, as in ``Txt2Img.steps``, with dots
            within nested records ("hires.steps"); empty where no single field is.
    """

    exit_code = 1

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@contextmanager
def concerning(field: str) -> Generator[None, None, None]:
    """Let the errors raised within say that they concern this field, or a field within it."""
    try:
        yield
    except VelaturaError as error:
        error.field = ".".join(name for name in (field, error.field) if name)
        raise


class RequestError(VelaturaError):
    """A request that cannot be carried out."""

    exit_code = 2


class TextError(RequestError):
    """A text that cannot be read.

    Attributes:
        text: The text.
        position: Index of the offending character in ``text``, from 0.
    """

    def __init__(self, message: str, *, text: str, position: int) -> None:
        super().__init__(f"{message} (at character {position + 1})")
        self.text = text
        self.position = position

    def caret(self, span: int = 30) -> str:
        """Two lines: the text around the position, and a caret under the offending character."""
        start = max(0, self.position - span)
        excerpt = self.text[start : self.position + span].replace("\n", " ")
        return f"{excerpt}\n{' ' * (self.position - start)}^"


class PromptError(TextError):
    """A prompt that cannot be read."""


class WorkflowError(RequestError):
    """A workflow document that cannot be read or run; its message says the line and column."""


class ModelError(VelaturaError):
    """A model file that cannot be used."""

    exit_code = 3


class UnknownModel(ModelError):
    """No model of that name in the folders searched."""


class BrokenModel(ModelError):
    """The file is truncated, malformed, or not a model at all."""


class UnsafeModel(ModelError):
    """Reading the file would run code that it brings along; it is refused unread."""


class UnsupportedModel(ModelError):
    """The file is sound, but holds an architecture that Velatura does not run."""


class OutputError(VelaturaError):
    """A result cannot be written where it was asked for."""

    exit_code = 4


class DiskFull(OutputError):
    """There is no room for a file; what was written of it is gone again."""


class PictureError(VelaturaError):
    """A picture file cannot be read."""

    exit_code = 5


class EngineError(VelaturaError):
    """The machine could not carry the work out."""

    exit_code = 6


class OutOfMemory(EngineError):
    """The device has too little memory for this request."""


class DatabaseError(VelaturaError):
    """The database cannot be used."""

    exit_code = 7


class DatabaseReadOnly(DatabaseError):
    """The database may be read, but not written."""


class DatabaseLocked(DatabaseError):
    """Another program holds the database, and did not let go in time."""


class DatabaseCorrupt(DatabaseError):
    """The database is damaged, or it is none of ours."""


class DatabaseTooNew(DatabaseError):
    """A newer Velatura wrote the database."""


class DatabaseFull(DatabaseError):
    """There is no room for what is to be written; nothing of it was."""


class DatabaseUnreachable(DatabaseError):
    """There is no such folder, no server that answers, or no driver for it."""


class JobError(VelaturaError):
    """The queue cannot do what was asked."""

    exit_code = 8


class UnknownJob(JobError):
    """There is no job of that id, or it belongs to somebody else."""


class UnknownRun(JobError):
    """No workflow of that id was submitted."""


class WrongStatus(JobError):
    """The job is in a status that does not allow it."""


class KeyTaken(JobError):
    """The idempotency key stands for another request already."""


class QueueFull(JobError):
    """As many jobs wait already as one client may have."""


class LibraryError(VelaturaError):
    """The library cannot do what was asked."""

    exit_code = 10


class UnknownPicture(LibraryError):
    """There is no picture of that id in the library, or its file is gone."""


class UnknownCollection(LibraryError):
    """There is no collection of that name."""


class ImportRunning(LibraryError):
    """Folders are imported one after another, and one is being imported."""
