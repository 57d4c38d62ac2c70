"""The pictures of a request, batch after batch."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Generic, NoReturn, TypeVar

from velatura.pipelines.seeds import picture_requests
from velatura.records import Painting, Picture, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence

    from torch import Tensor

    from velatura.pipelines.snapshot import Snapshot

P = TypeVar("P", bound=Painting)


def batches(request: P, *, is_coupled: bool) -> list[tuple[P, ...]]:
    """The single-picture requests, grouped as they are sampled together.

    Args:
        request: The complete request.
        is_coupled: Whether a sampler's steps depend on the whole batch: every picture is alone.
    """
    singles = picture_requests(request)
    size = 1 if is_coupled else request.batch_size
    return [singles[start : start + size] for start in range(0, len(singles), size)]


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
        developing = map(ways.develop, latents, singles)
        waiting = _all_begun(developing) if ways.works_ahead else developing
    yield from _taken(waiting)


def _taken(waiting: Iterable[Callable[[], Picture]]) -> Iterator[Picture]:
    return (take() for take in waiting)


def _all_begun(developing: Iterable[Callable[[], Picture]]) -> list[Callable[[], Picture]]:
    """All that can be begun; what went wrong is told to who asks for the picture behind them."""
    begun: list[Callable[[], Picture]] = []
    try:
        for take in developing:
            begun.append(take)
    except Exception as error:  # noqa: BLE001 - raised when its picture is asked for
        begun.append(partial(_raise, error))
    return begun


def _raise(error: Exception) -> NoReturn:
    raise error


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
