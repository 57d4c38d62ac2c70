"""A request with nothing left to chance, so that its job's pictures are the same at every try."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from velatura.errors import concerning
from velatura.pipelines.seeds import LARGEST_DRAWN_SEED, complete_seeds
from velatura.prompts.wildcards import WILDCARD, fill_wildcards, read_wildcards
from velatura.records import Hires, Painting, hires_of

if TYPE_CHECKING:
    from pathlib import Path

    from velatura.records import Request

FILLED = ("prompt", "negative_prompt")
"""The texts that may hold wildcards."""


def completed(request: Request, wildcards: Path) -> Request:
    """The request with its random seeds drawn and its wildcards filled in.

    Args:
        request: What was asked.
        wildcards: The folder of the lines that wildcards stand for.

    Raises:
        RequestError: its prompts cannot be read.
    """
    if not isinstance(request, Painting):
        return request
    from velatura.pipelines.resolve import read_prompts  # takes as long to load as all the rest

    seeded = complete_seeds(request, lambda: secrets.randbelow(LARGEST_DRAWN_SEED + 1))
    complete = _filled(seeded, wildcards)
    read_prompts(complete)
    return cast("Request", complete)


def _filled(request: Painting, folder: Path) -> Painting:
    hires = hires_of(request)
    parts: list[Painting | Hires] = [request, *([hires] if hires else [])]
    if not any(WILDCARD.search(getattr(part, name)) for part in parts for name in FILLED):
        return request
    lists = read_wildcards(folder)

    def texts(part: Painting | Hires) -> dict[str, str]:
        return {name: fill_wildcards(getattr(part, name), lists, request.seed) for name in FILLED}

    with concerning("prompt"):
        filled = replace(request, **texts(request))
        return replace(filled, hires=replace(hires, **texts(hires))) if hires else filled  # pyright: ignore[reportCallIssue]
