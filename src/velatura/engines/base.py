"""What an engine is: the place where a pipeline runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from velatura.records import Picture, Request, Step


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
