from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from velatura.errors import EngineError
from velatura.pipelines.batches import Ways, batches, paint
from velatura.records import Picture, Step, Txt2Img

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from torch import Tensor

    from velatura.pipelines.snapshot import Snapshot

REQUEST = Txt2Img(seed=1, batch_size=2, batch_count=2, steps=2)


class Studio:
    """Writes down what it is asked, in order."""

    def __init__(
        self, *, fails_at: int | None = None, breaks_at: int | None = None, steps: int = 2
    ) -> None:
        self.log: list[str] = []
        self._breaks_at = breaks_at
        self._fails_at = fails_at
        self._steps = steps

    def sample(
        self, batch: int, singles: tuple[Txt2Img, ...], resume: Snapshot | None
    ) -> Generator[Step, None, Tensor]:
        try:
            for index in range(self._steps):
                if batch == self._fails_at:
                    raise EngineError("no room")
                self.log.append(f"step {index} of {batch}")
                yield Step(
                    phase="first",
                    batch=batch,
                    index=index + 1,
                    total=self._steps,
                    snapshot=bytes,
                    preview=lambda _kind: np.zeros((1, 1, 3), np.uint8),
                )
            assert resume is None
            return torch.zeros(len(singles), 4, 1, 1)
        finally:
            self.log.append(f"end of {batch}")

    def develop(self, latent: Tensor, single: Txt2Img) -> Callable[[], Picture]:
        assert latent.shape == (4, 1, 1)
        if single.seed == self._breaks_at:
            raise EngineError("no room to decode")
        self.log.append(f"decode {single.seed}")

        def take() -> Picture:
            self.log.append(f"fetch {single.seed}")
            return Picture(pixels=np.zeros((8, 8, 3), np.uint8), request=single, models=())

        return take


def work(studio: Studio, *, works_ahead: bool) -> Iterator[Step | Picture]:
    ways = Ways(sample=studio.sample, develop=studio.develop, works_ahead=works_ahead)
    return paint(batches(REQUEST, is_coupled=False), ways, None)


def told(event: Step | Picture) -> str:
    if isinstance(event, Step):
        return f"step {event.index - 1} of {event.batch}"
    assert isinstance(event.request, Txt2Img)
    return f"picture {event.request.seed}"


@pytest.mark.parametrize("works_ahead", [False, True])
def test_pictures_come_behind_their_batch(*, works_ahead: bool) -> None:
    assert [told(event) for event in work(Studio(), works_ahead=works_ahead)] == [
        "step 0 of 0", "step 1 of 0", "picture 1", "picture 2",
        "step 0 of 1", "step 1 of 1", "picture 3", "picture 4",
    ]  # fmt: skip


def test_a_device_that_is_waited_for_decodes_when_a_picture_is_asked_for() -> None:
    studio = Studio()
    list(work(studio, works_ahead=False))
    assert studio.log[:8] == [
        "step 0 of 0", "step 1 of 0", "end of 0",
        "decode 1", "fetch 1", "decode 2", "fetch 2", "step 0 of 1",
    ]  # fmt: skip


def test_a_device_that_works_ahead_is_asked_for_the_next_step_before_pictures_are_fetched() -> None:
    studio = Studio()
    list(work(studio, works_ahead=True))
    assert studio.log == [
        "step 0 of 0", "step 1 of 0", "end of 0", "decode 1", "decode 2",
        "step 0 of 1", "fetch 1", "fetch 2",
        "step 1 of 1", "end of 1", "decode 3", "decode 4", "fetch 3", "fetch 4",
    ]  # fmt: skip


def test_batches_without_steps_have_pictures() -> None:
    events = [told(event) for event in work(Studio(steps=0), works_ahead=True)]
    assert events == ["picture 1", "picture 2", "picture 3", "picture 4"]


def test_pictures_that_were_made_come_before_the_error_of_the_next_batch() -> None:
    events = work(Studio(fails_at=1), works_ahead=True)
    assert [told(next(events)) for _ in range(4)][2:] == ["picture 1", "picture 2"]
    with pytest.raises(EngineError, match="no room"):
        next(events)


@pytest.mark.parametrize("works_ahead", [False, True])
def test_pictures_before_one_that_cannot_be_decoded_come(*, works_ahead: bool) -> None:
    events = work(Studio(breaks_at=2), works_ahead=works_ahead)
    assert [told(next(events)) for _ in range(3)][2:] == ["picture 1"]
    with pytest.raises(EngineError, match="no room to decode"):
        next(events)


def test_sampling_that_began_ahead_ends_where_somebody_leaves() -> None:
    studio = Studio()
    events = work(studio, works_ahead=True)
    while told(next(events)) != "picture 1":
        pass
    assert studio.log[-2:] == ["step 0 of 1", "fetch 1"]
    events.close()  # pyright: ignore[reportAttributeAccessIssue]
    assert studio.log[-1] == "end of 1"
