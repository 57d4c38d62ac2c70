"""Calls of a network recorded on a card once, and played again as a whole.

A fast card is done with a layer before the processor has asked for the next one. A recorded call (a
CUDA graph) is asked for in one go. It reads from fixed places and writes to fixed places: what a
call is asked is copied to the ones, and its answer from the others.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    Tensors = tuple[Tensor, ...]
    Call = Callable[[Tensors], Tensors]
    """Answers what it is asked by work on the card alone."""

    Key = tuple[tuple[torch.Size, torch.dtype], ...]

    Record = Callable[[Call, Tensors], tuple[Tensors, Callable[[], None]]]
    """Records what a call does with the tensors of a question; gives the places of its answer, and
    what plays it again."""

LOG = logging.getLogger(__name__)

MOST = 4
"""Recordings that are kept; each holds the features of a whole call in the card's memory."""


def record_on_card(call: Call, question: Tensors) -> tuple[Tensors, Callable[[], None]]:
    """Record a call as a CUDA graph; it was called plainly before, so that kernels are chosen."""
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph, capture_error_mode="thread_local"):
        answer = call(question)
    return answer, graph.replay


@dataclass(slots=True, kw_only=True)
class _Recording:
    question: Tensors
    answer: Tensors
    play: Callable[[], None]
    holds: object


class Recorder:
    """Answers questions by recordings, one for each shape that is asked for more than once.

    Args:
        record: How a call is recorded.
        most: Recordings that are kept, those used last.
    """

    def __init__(self, record: Record, most: int = MOST) -> None:
        self._record = record
        self._most = most
        self._recordings: OrderedDict[Key, _Recording | None] = OrderedDict()
        self._refused: set[Key] = set()

    def ask(self, call: Call, changing: Tensors, lasting: Tensors, source: object) -> Tensors:
        """What a call answers.

        Args:
            call: The same for all questions of a shape.
            changing: What it is asked; other numbers at every call.
            lasting: What it is asked, too; copied only where ``source`` is another than before.
            source: What ``lasting`` was made of. It is held, so that no other gets its ``id``.
        """
        question = (*changing, *lasting)
        key = tuple((tensor.shape, tensor.dtype) for tensor in question)
        if key in self._refused:
            return call(question)
        if key not in self._recordings:
            self._keep(key, None)
            return call(question)
        try:
            recording = self._recordings[key] or self._recorded(call, question, source)
        except RuntimeError as error:  # no memory to hold it, or a kernel that takes no recording
            LOG.warning("this size is painted without recording its calls: %s", error)
            self._refused.add(key)
            return call(question)
        self._keep(key, recording)
        _copy(changing, recording.question[: len(changing)])
        if recording.holds is not source:
            _copy(lasting, recording.question[len(changing) :])
            recording.holds = source
        recording.play()
        return tuple(place.clone() for place in recording.answer)

    def forget(self) -> bool:
        """Let go of all recordings and their memory; whether there were any."""
        had_some = any(self._recordings.values())
        self._recordings.clear()
        return had_some

    def _recorded(self, call: Call, question: Tensors, source: object) -> _Recording:
        places = tuple(tensor.clone() for tensor in question)
        answer, play = self._record(call, places)
        return _Recording(question=places, answer=answer, play=play, holds=source)

    def _keep(self, key: Key, recording: _Recording | None) -> None:
        self._recordings[key] = recording
        self._recordings.move_to_end(key)
        while len(self._recordings) > self._most:
            self._recordings.popitem(last=False)


def _copy(tensors: Tensors, places: Tensors) -> None:
    """Copy tensors to places of their shapes, all at once."""
    torch._foreach_copy_(places, tensors)  # pyright: ignore[reportPrivateUsage, reportPrivateImportUsage]
