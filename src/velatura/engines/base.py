"""What an engine is: the place where a pipeline runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from velatura.records import ModelUse, Picture, Request, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What an engine would do.

    Attributes:
        request: The request with random seeds drawn and every name replaced by what it means here.
            Only a size that is the checkpoint's own is still open.
        models: The model files it would use. Together with the request they decide the pictures.
    """

    request: Request
    models: tuple[ModelUse, ...] = ()


class Engine(Protocol):
    """Carries requests out. Leaving the loop stops the work; finished pictures are yours."""

    def run(self, request: Request, *, resume: bytes | None = None) -> Iterator[Step | Picture]:
        """A :class:`Step` after each sampling step and a :class:`Picture` for each seed.

        Args:
            request: What to make. Random seeds and "automatic" choices are resolved first.
            resume: A snapshot taken from a :class:`Step` of the same request; its batches that
                were already finished are not made again.

        Raises:
            RequestError: the request cannot be carried out; raised before any work starts.
            ModelError: a model file cannot be used.
            EngineError: the machine could not do it.
        """
        ...

    def settle(self, request: Request) -> Settled:
        """What carrying the request out would mean; nothing is loaded.

        Bitmaps may be remembered ones: their pixels are not looked at.

        Raises:
            RequestError: the request names something that does not exist.
            UnknownModel: there is no such model file.
        """
        ...
