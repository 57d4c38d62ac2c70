"""The denoising U-Net, as the samplers' denoisers call it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING

import torch

from velatura.diffusion.noise import LATENT_CELL
from velatura.errors import OutOfMemory
from velatura.models.estimate import Estimate, read_text, read_time, walk_through
from velatura.models.memo import Memo
from velatura.models.paths import path_for
from velatura.models.recording import Recorder
from velatura.models.room import parts_that_fit
from velatura.models.winograd import KeptMatrices

if TYPE_CHECKING:
    from torch import Tensor

    from velatura.models.deep_cache import Kept
    from velatura.models.estimate import Shifts, Texts, Walk
    from velatura.models.paths import Path
    from velatura.models.recording import Tensors
    from velatura.models.turns import Turns
    from velatura.models.unet_network import UnetNetwork

PROMPT_BYTES = 256 * 2**20
"""Of keys and values. A chunk of 77 tokens takes 7.7 MB of SD 1.5 for each row of a batch."""

TIME_BYTES = 32 * 2**20
"""More than a schedule has: each time takes 80 kB of SD 1.5, for any number of rows."""

MATRICES_BYTES = 600 * 2**20
"""Of transformed weights: those of SD 1.5 that its 512×512 pictures ask for. Less than the decoder
takes of such a picture, before which they are let go."""

FEATURES = 26
"""Features that it takes at its peak for each latent cell of a row, of as many channels as its
finest level has: 24 measured, of Stable Diffusion 1.5's at 256² on a processor."""


class Unet:
    """A U-Net in its own precision, seen from outside in the caller's.

    Args:
        network: The U-Net.
        path: How it is computed; None is as suits the device it is on.
        turns: Where it takes its turn to compute; None computes where it lies.

    Attributes:
        network: The U-Net.
        path: How it is computed.
    """

    def __init__(
        self,
        network: UnetNetwork,
        path: Path | None = None,
        turns: Turns | None = None,
    ) -> None:
        self.network = network
        self._turns = turns
        self.path = path or path_for(network.device, network.dtype)
        self._matrices = KeptMatrices(MATRICES_BYTES)
        self._walk = walk_through(network, self.path.keeping(self._matrices))
        self._recorder = Recorder(self.path.record) if self.path.record else None
        self._texts: Memo[Texts] = Memo(PROMPT_BYTES, _text_bytes)
        self._shifts: Memo[Shifts] = Memo(TIME_BYTES, _bytes)

    @property
    def device(self) -> torch.device:
        """Where it computes."""
        return self._turns.device if self._turns else self.network.device

    def on(self, network: UnetNetwork, path: Path | None = None) -> Unet:
        """The same around other weights, which may want to be computed in another way."""
        return Unet(network, path or self.path, self._turns)

    def rest(self) -> None:
        """Let go what was prepared for the next call, which will take a little longer."""
        self._matrices.forget()

    def predict(self, x: Tensor, t: Tensor, context: Tensor, kept: Kept | None = None) -> Tensor:
        """What the network predicts: noise or velocity, by the model's ``prediction``.

        Args:
            x: Scaled noisy latents, (b c h w).
            t: Training time of each, 0 to 999, fractions allowed; (b,). On the host: the device is
                not waited for.
            context: Features of the prompt's tokens, (b n width). What the network makes of them is
                kept for the next call with the same tensor, which therefore must not change.
            kept: Inner features to begin with, where they fit; else it takes those of this call.

        Returns:
            (b c h w), of x's type.
        """
        network = self.network
        if self._turns:
            self._turns.bring(network)
        times = tuple(t.tolist())
        if len(set(times)) == 1:
            t, times = t[:1], times[:1]
        shifts = self._shifts.get(times, times, lambda: read_time(network, t))
        texts = self._texts.get(id(context), context, lambda: read_text(network, context))
        inner = kept.inner if kept and kept.fits(x) else None
        question = _Question(x.to(network.dtype), shifts, texts, inner)
        answer = self._answer(question)
        if kept:
            kept.inner = answer.inner
        return answer.predicted.to(x.dtype)

    def _answer(self, question: _Question) -> Estimate:
        """The estimate of all rows, of as many at a time as memory has room for."""
        count = len(question.x)
        rows = self._rows_that_fit(question.x)
        while True:
            try:
                if rows >= count:
                    return self._ask(question)
                firsts = range(0, count, rows)
                answers = [self._ask(question.rows(slice(at, at + rows))) for at in firsts]
                return Estimate(*map(torch.cat, zip(*answers, strict=True)))
            except torch.OutOfMemoryError:  # others took what was free, or it lies in pieces
                if not (self._recorder and self._recorder.forget()):
                    if rows == 1:
                        raise
                    rows = (rows + 1) // 2

    def _ask(self, question: _Question) -> Estimate:
        """The estimate of some rows at once."""

        def call(tensors: Tensors) -> Tensors:
            return question.holding(tensors).asked(self._walk)

        if self._recorder is None:
            return question.asked(self._walk)
        changing, lasting = question.tensors()
        return Estimate(*self._recorder.ask(call, changing, lasting, question.texts))

    def _rows_that_fit(self, x: Tensor) -> int:
        """How many rows can be computed at once.

        Raises:
            OutOfMemory: not even one.
        """
        weight = self.network.conv_in.weight
        row_bytes = FEATURES * len(weight) * x[0, 0].numel() * weight.itemsize
        rows = parts_that_fit(len(x), row_bytes, weight.device)
        if rows == 0:
            height, width = (side * LATENT_CELL for side in x.shape[2:])
            raise OutOfMemory(
                f"not enough memory for this request: {width}×{height} takes about "
                f"{row_bytes / 1e9:.1f} GB; try a smaller size"
            )
        return rows


@dataclass(frozen=True, slots=True)
class _Question:
    """What the network is asked, for some rows."""

    x: Tensor
    shifts: Shifts
    texts: Texts
    inner: Tensor | None

    def rows(self, part: slice) -> _Question:
        """The same for a part of the rows."""
        shifts = tuple(shift if len(shift) == 1 else shift[part] for shift in self.shifts)
        texts = tuple((keys[part], values[part]) for keys, values in self.texts)
        inner = None if self.inner is None else self.inner[part]
        return _Question(self.x[part], shifts, texts, inner)

    def tensors(self) -> tuple[Tensors, Tensors]:
        """Those that are others at every call, and those of the prompt."""
        inner = () if self.inner is None else (self.inner,)
        return (self.x, *self.shifts, *inner), tuple(chain.from_iterable(self.texts))

    def holding(self, tensors: Tensors) -> _Question:
        """The same with other tensors, in the order of :meth:`tensors`."""
        waiting = iter(tensors)
        x, shifts = next(waiting), tuple(islice(waiting, len(self.shifts)))
        inner = None if self.inner is None else next(waiting)
        return _Question(x, shifts, tuple(zip(waiting, waiting, strict=True)), inner)

    def asked(self, walk: Walk) -> Estimate:
        """What the network answers."""
        return walk(self.x, self.shifts, self.texts, self.inner)


def _text_bytes(texts: Texts) -> int:
    return sum(_bytes(pair) for pair in texts)


def _bytes(tensors: tuple[Tensor, ...]) -> int:
    return sum(tensor.nbytes for tensor in tensors)
