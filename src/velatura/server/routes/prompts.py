"""``/api/prompts``: how a prompt is read, before anything is painted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter

from velatura.diffusion.samplers import find_sampler
from velatura.errors import RequestError, concerning
from velatura.metadata.request_json import request_from_dict
from velatura.prompts.reading import ReadPart, ReadText, read_prompt
from velatura.prompts.tags import Tag, loras
from velatura.prompts.wildcards import WILDCARD
from velatura.records import Txt2Img
from velatura.server.bodies import Body, no_more, take
from velatura.server.routes.jobs import json_body
from velatura.server.studio import Studio, StudioDep

LONGEST_PROMPT = 10_000
"""Characters of a prompt that is read; each step may have a text of its own."""

router = APIRouter(prefix="/api/prompts", tags=["prompts"])


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenView:
    """A token as people read it, and its weight."""

    text: str
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TextView:
    """A text of the schedule: ``first`` to ``last`` are the steps that use it, or null for none."""

    text: str
    first: int | None
    last: int | None
    chunks: list[list[TokenView]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    """A part of a prompt that is composed by ``AND``, its weight, and what it says when."""

    text: str
    weight: float
    schedule: list[TextView]


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkView:
    """A tag such as ``<lora:ink:0.8>``; ``is_known`` tells whether there is such a file here."""

    word: str
    name: str
    arguments: list[str]
    position: int
    length: int
    is_known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WildcardView:
    """A wildcard such as ``__animal__``, and how many lines it stands for; 0 is plain text."""

    name: str
    position: int
    length: int
    lines: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningView:
    """A place that is probably not read as meant, and what to write instead."""

    position: int
    length: int
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingView:
    """A prompt as it is understood. Positions count Unicode characters from 0."""

    text: str
    parts: list[PartView]
    networks: list[NetworkView]
    wildcards: list[WildcardView]
    tokens_used: int
    token_limit: int
    warnings: list[WarningView]


READ: dict[str, Any] = {
    "prompt": {"type": "string", "maxLength": LONGEST_PROMPT},
    "negative": {"type": "boolean", "default": False},
    "steps": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 20},
    "sampler": {"type": "string", "default": Txt2Img(prompt="").sampler},
    "text": {"$ref": "#/components/schemas/TextOptions"},
}


@router.post("/read", openapi_extra=json_body(READ, ["prompt"]))
def read(body: Body, studio: StudioDep) -> ReadingView:
    """How a prompt is read: tokens with their weights, what is in force at which step, traps."""
    is_negative: bool = take(body, "negative", bool, False)
    run = request_from_dict({name: body.pop(name) for name in READ if name in body})
    no_more(body)
    if not isinstance(run, Txt2Img) or len(run.prompt) > LONGEST_PROMPT:
        raise RequestError(f"prompt: {LONGEST_PROMPT} characters at most", field="prompt")
    sampler, _ = find_sampler(run.sampler)
    with concerning("prompt"):
        reading = read_prompt(
            run.prompt, run.steps, sampler.calls_per_step, run.text, negative=is_negative
        )
        loras(reading.tags)
    known = frozenset(studio.models.catalogue().stems("lora"))
    return ReadingView(
        text=reading.text,
        parts=[_part(part) for part in reading.parts],
        networks=[_network(tag, known) for tag in reading.tags],
        wildcards=_wildcards(run.prompt, studio),
        tokens_used=reading.tokens_used,
        token_limit=reading.token_limit,
        warnings=[
            WarningView(position=it.position, length=it.length, message=it.message)
            for it in reading.warnings
        ],
    )


def _wildcards(text: str, studio: Studio) -> list[WildcardView]:
    found = list(WILDCARD.finditer(text))
    known = studio.models.wildcards() if found else {}
    return [
        WildcardView(name=it[1], position=it.start(), length=len(it[0]), lines=known.get(it[1], 0))
        for it in found
    ]


def _part(part: ReadPart) -> PartView:
    return PartView(
        text=part.text, weight=part.weight, schedule=[_text(text) for text in part.schedule]
    )


def _text(text: ReadText) -> TextView:
    first, last = text.steps or (None, None)
    chunks = [
        [TokenView(text=token.text, weight=token.weight) for token in chunk]
        for chunk in text.chunks
    ]
    return TextView(text=text.text, first=first, last=last, chunks=chunks)


def _network(tag: Tag, known: frozenset[str]) -> NetworkView:
    name, *others = tag.positional or ("",)
    return NetworkView(
        word=tag.word,
        name=name,
        arguments=[*others, *(f"{key}={value}" for key, value in tag.named.items())],
        position=tag.position,
        length=tag.length,
        is_known=name in known,
    )
