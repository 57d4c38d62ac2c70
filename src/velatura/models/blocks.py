"""The weights that U-Net and autoencoder are made of, under the names that diffusers gave them.

These modules hold weights and compute nothing: :mod:`velatura.models.estimate` and
:mod:`velatura.models.coding` do, in the way that suits the device.
"""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Generic, TypeVar, overload

from torch import nn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

GROUPS = 32
"""Of every group normalisation: all channels are multiples of it."""

ModuleT = TypeVar("ModuleT", bound=nn.Module)


class Row(nn.ModuleList, Generic[ModuleT]):
    """Modules of one kind, numbered."""

    if TYPE_CHECKING:

        def __iter__(self) -> Iterator[ModuleT]: ...
        @overload
        def __getitem__(  # pyright: ignore[reportNoOverloadImplementation]
            self, idx: slice
        ) -> Row[ModuleT]: ...
        @overload
        def __getitem__(self, idx: int) -> ModuleT: ...


class Residual(nn.Module):
    """A residual block.

    Args:
        inputs: Channels that come in.
        outputs: Channels that go out.
        eps: Added to the variance in normalisations.
    """

    def __init__(self, inputs: int, outputs: int, eps: float) -> None:
        super().__init__()
        self.norm1 = nn.GroupNorm(GROUPS, inputs, eps)
        self.conv1 = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.norm2 = nn.GroupNorm(GROUPS, outputs, eps)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1)
        self.conv_shortcut = nn.Conv2d(inputs, outputs, 1) if inputs != outputs else None


class Attention(nn.Module):
    """Softmax attention.

    Args:
        width: Features of the tokens that look.
        context: Features of those looked at.
        heads: In how many parts.
        biased: Whether queries, keys and values have biases; the answer always has.

    Attributes:
        heads: In how many parts.
    """

    def __init__(self, width: int, context: int, heads: int, *, biased: bool = False) -> None:
        super().__init__()
        self.heads = heads
        self.to_q = nn.Linear(width, width, bias=biased)
        self.to_k = nn.Linear(context, width, bias=biased)
        self.to_v = nn.Linear(context, width, bias=biased)
        self.to_out: Row[nn.Linear] = Row([nn.Linear(width, width)])


class Resampling(nn.Module):
    """The convolution where one level leads to the next.

    Args:
        channels: Channels in and out.
        stride: 2 on the way down, 1 on the way up.
        padding: Zeros at each edge.
    """

    def __init__(self, channels: int, stride: int = 1, padding: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, stride, padding)


BlockT = TypeVar("BlockT", bound=Residual)
AttentionT = TypeVar("AttentionT", bound=nn.Module)


class Level(nn.Module, Generic[BlockT, AttentionT]):
    """What happens at one resolution.

    Args:
        resnets: Residual blocks, one behind the other.
        attentions: What looks around behind each of the first of them.
        downsamplers: What halves the sides behind all that, on the way down.
        upsamplers: What doubles them, on the way up.
    """

    def __init__(
        self,
        resnets: Iterable[BlockT],
        attentions: Iterable[AttentionT] = (),
        *,
        downsamplers: Iterable[Resampling] = (),
        upsamplers: Iterable[Resampling] = (),
    ) -> None:
        super().__init__()
        self.resnets: Row[BlockT] = Row(resnets)
        self.attentions: Row[AttentionT] = Row(attentions)
        self.downsamplers: Row[Resampling] = Row(downsamplers)
        self.upsamplers: Row[Resampling] = Row(upsamplers)

    def pairs(self) -> Iterator[tuple[BlockT, AttentionT | None]]:
        """Each residual block with what looks around behind it."""
        return zip_longest(self.resnets, self.attentions)
