"""Recorded calls of a network: rehearsed on a processor as a card would record them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import torch

from tests.models.test_estimate import network, question
from velatura.models.deep_cache import Kept
from velatura.models.paths import PLAIN
from velatura.models.recording import Recorder
from velatura.models.unet import Unet

if TYPE_CHECKING:
    from collections.abc import Callable

    from velatura.models.recording import Call, Tensors

WIDTH = 16


pytestmark = pytest.mark.usefixtures("without_gradients")


class Rehearsal:
    """Records as a card does: nothing is computed before it is played, and then from its places."""

    def __init__(self) -> None:
        self.recorded = 0
        self.played = 0

    def __call__(self, call: Call, question: Tensors) -> tuple[Tensors, Callable[[], None]]:
        self.recorded += 1
        answer = tuple(torch.full_like(given, torch.nan) for given in call(question))

        def play() -> None:
            self.played += 1
            for place, given in zip(answer, call(question), strict=True):
                place.copy_(given)

        return answer, play


def double(tensors: Tensors) -> Tensors:
    changing, lasting = tensors
    return (2 * changing + lasting,)


def of_size(size: int, value: float = 1.0) -> tuple[torch.Tensor]:
    return (torch.full((size,), float(value)),)


def test_a_network_by_recordings_gives_what_it_gives_plainly() -> None:
    rehearsal = Rehearsal()
    plain = Unet(network(), PLAIN)
    recorded = Unet(network(), replace(PLAIN, record=rehearsal))
    x, t, context = question(WIDTH)
    prompts = context, context.flip(0)
    kept, kept_plainly = Kept(), Kept()
    for step in range(4):
        for prompt in prompts:
            asked = x * (1 + step), t - step, prompt
            assert torch.equal(recorded.predict(*asked), plain.predict(*asked))
        asked = x * (1 + step), t - step, context
        close = recorded.predict(*asked, kept)
        assert torch.equal(close, plain.predict(*asked, kept_plainly))
    assert rehearsal.recorded == 2  # whole, and with inner features of before
    assert rehearsal.played > rehearsal.recorded


def test_a_shape_is_recorded_when_it_is_asked_for_again() -> None:
    rehearsal = Rehearsal()
    recorder = Recorder(rehearsal)
    source = object()
    recorder.ask(double, of_size(2), of_size(2), source)
    recorder.ask(double, of_size(3), of_size(3), source)
    assert rehearsal.recorded == 0
    for _ in range(3):
        recorder.ask(double, of_size(2), of_size(2), source)
    assert (rehearsal.recorded, rehearsal.played) == (1, 3)


def test_what_lasts_is_copied_only_where_it_comes_from_elsewhere() -> None:
    recorder = Recorder(Rehearsal())
    first, second = object(), object()
    for _ in range(2):
        recorder.ask(double, of_size(2), of_size(2, 10), first)
    (same,) = recorder.ask(double, of_size(2, 3), of_size(2, 99), first)
    (other,) = recorder.ask(double, of_size(2, 3), of_size(2, 20), second)
    assert same.tolist() == [16, 16]
    assert other.tolist() == [26, 26]


def test_an_answer_stays_when_the_next_one_is_given() -> None:
    recorder = Recorder(Rehearsal())
    source = object()
    answers = [recorder.ask(double, of_size(1, n), of_size(1, 0), source)[0] for n in range(4)]
    assert [answer.item() for answer in answers] == [0, 2, 4, 6]


def test_only_the_recordings_used_last_are_kept() -> None:
    rehearsal = Rehearsal()
    recorder = Recorder(rehearsal, most=2)
    source = object()
    for size in (1, 1, 2, 2, 3, 3, 2, 1, 1):
        recorder.ask(double, of_size(size), of_size(size), source)
    assert rehearsal.recorded == 4  # 1, 2, 3, and 1 again: 2 stayed, as it was used


def test_what_cannot_be_recorded_is_called_plainly_and_tried_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    tries: list[int] = []

    def refuse(_: Call, question: Tensors) -> tuple[Tensors, Callable[[], None]]:
        tries.append(len(question))
        raise torch.OutOfMemoryError("no room for the recording")

    recorder = Recorder(refuse)
    source = object()
    answers = [recorder.ask(double, of_size(1, n), of_size(1), source)[0] for n in range(4)]
    assert [answer.item() for answer in answers] == [1, 3, 5, 7]
    assert len(tries) == 1
    assert "no room for the recording" in caplog.text


def test_recordings_give_their_memory_back_before_rows_are_asked_for_one_by_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rehearsal = Rehearsal()
    unet = Unet(network(), replace(PLAIN, record=rehearsal))
    asked = question(WIDTH)
    expected = unet.predict(*asked)
    assert torch.equal(unet.predict(*asked), expected)
    ask, sizes = Recorder.ask, list[int]()

    def short_once(self: Recorder, call: Call, changing: Tensors, *rest: object) -> Tensors:
        sizes.append(len(changing[0]))
        if len(sizes) == 1:
            raise torch.OutOfMemoryError
        return ask(self, call, changing, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(Recorder, "ask", short_once)
    assert torch.equal(unet.predict(*asked), expected)
    assert sizes == [2, 2]
