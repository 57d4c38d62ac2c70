"""What the library tells of its pictures."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from velatura.library.index.facts import Edge, Facts

State = Literal["here", "trash", "gone"]
"""Whether a picture is shown, in the trash, or without a file."""

Flag = Literal["", "pick", "reject"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A file.

    Attributes:
        root: The folder that was imported, absolute; empty is the studio's own folder of pictures.
        path: Its place below, with forward slashes.
        bytes: Its size.
        changed: When it was last written, in nanoseconds since 1970.
    """

    root: str
    path: str
    bytes: int
    changed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Find:
    """A picture that was found in a file.

    Attributes:
        facts: What is known of it.
        place: Its file.
        job: Id of the job that made it, or empty.
        thumbnail: A small picture of it, as WebP; empty where none was made.
    """

    facts: Facts
    place: Place
    job: str = ""
    thumbnail: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A picture in the library, as lists show it.

    Attributes:
        number: Counts up as pictures enter.
        id: SHA-256 of its size and pixels, in hex.
        state: Whether it is shown.
        made: When, in seconds since 1970: when its file was written.
        added: When it entered.
        trashed: When it was put into the trash, or None.
        width: In pixels.
        height: In pixels.
        kind: Of the request that made it, or empty.
        checkpoint: Name, or empty.
        sampler: Name, or empty.
        seed: Or None.
        steps: Or None.
        cfg: Guidance scale, or None.
        rating: From 0 to 5.
        flag: "pick", "reject" or empty.
        job: Id of the job that made it last, or empty.
        prompt: What was to be painted.
        loras: Names.
        tags: Names, in alphabetical order.
        collections: Names, likewise.
    """

    number: int
    id: str
    state: State
    made: float
    added: float
    trashed: float | None
    width: int
    height: int
    kind: str
    checkpoint: str
    sampler: str
    seed: int | None
    steps: int | None
    cfg: float | None
    rating: int
    flag: Flag
    job: str
    prompt: str
    loras: tuple[str, ...]
    tags: tuple[str, ...]
    collections: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """All that is known of how a picture was made.

    Attributes:
        negative_prompt: What was to be avoided.
        infotext: As A1111 tells it.
        request: As JSON; empty where none is known.
        places: Its files.
    """

    negative_prompt: str
    infotext: str
    request: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Where a picture comes from, and what was made from it.

    Attributes:
        edges: Those between it, all that it goes back to, and all that goes back to it.
        known: Ids of those that the library has.
    """

    edges: tuple[Edge, ...]
    known: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some of many pictures.

    Attributes:
        entries: In the order asked for.
        next: Ask with this for those that follow; empty at the end.
    """

    entries: tuple[Entry, ...]
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A tag or a collection.

    Attributes:
        name: As it was first written.
        count: Of the pictures that are shown.
    """

    name: str
    count: int
