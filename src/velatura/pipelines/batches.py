"""The pictures of a request, batch after batch."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from velatura.records import Painting, Picture, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence

    from torch import Tensor

    from velatura.pipelines.snapshot import Snapshot

P = TypeVar("P", bound=Painting)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways(Generic[P]):
    """How batches are painted.

    Attributes:
        sample: Gives the latents, (b c h w), of a batch of this number and these requests; begins
            where the snapshot was taken.
        develop: Has a latent, (c h w), decoded; what it returns waits for the picture.
        works_ahead: Whether the device computes while nobody waits for it. Then a batch's first
            step is asked for before the pictures of the one before are waited for, which are
            decoded together; they come in the same order.
    """

    sample: Callable[[int, tuple[P, ...], Snapshot | None], Generator[Step, None, Tensor]]
    develop: Callable[[Tensor, P], Callable[[], Picture]]
    works_ahead: bool


def paint(
    groups: Sequence[tuple[P, ...]], ways: Ways[P], resume: Snapshot | None
) -> Iterator[Step | Picture]:
    """The steps of each batch, and behind them its pictures.

    Args:
        groups: For each batch, the requests that make its pictures alone.
        ways: How they are painted.
        resume: Where to carry on; batches finished before it are not made again.
    """
    waiting: Iterable[Callable[[], Picture]] = ()
    for batch, singles in enumerate(groups):
        if resume is not None and batch < resume.batch:
            continue
        here = resume if resume is not None and batch == resume.batch else None
        with closing(ways.sample(batch, singles, here)) as sampling:
            steps = _begun(sampling) if ways.works_ahead else sampling
            yield from _taken(waiting)
            latents = yield from steps
        waiting = map(ways.develop, latents, singles)
        if ways.works_ahead:
            waiting = list(waiting)
    yield from _taken(waiting)


def _taken(waiting: Iterable[Callable[[], Picture]]) -> Iterator[Picture]:
    return (take() for take in waiting)


def _begun(steps: Generator[Step, None, Tensor]) -> Generator[Step, None, Tensor]:
    """The same, the first step made before anybody asks; what went wrong is told to who asks."""
    made: list[Step] = []
    end: Exception | None = None
    try:
        made.append(next(steps))
    except Exception as error:  # noqa: BLE001 - raised below, behind the pictures already made
        end = error

    def all_of_them() -> Generator[Step, None, Tensor]:
        yield from made
        if end is None:
            return (yield from steps)
        if isinstance(end, StopIteration):
            return end.value
        raise end

    return all_of_them()
