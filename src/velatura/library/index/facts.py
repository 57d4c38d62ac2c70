"""What the library knows of a picture: read off its request, or off the story in its file."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from velatura.errors import PromptError
from velatura.library.index.words import fold
from velatura.metadata import format_infotext, request_to_json
from velatura.metadata.lineage import ancestry
from velatura.metadata.postprocessing import format_postprocessing
from velatura.prompts.tags import find_tags, loras
from velatura.records import Origin, Painting, bitmaps, hires_of, painted_by

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from velatura.metadata import Story
    from velatura.records import ModelUse, Picture, Request

LONGEST_TEXT = 100_000
"""Characters of a text that are kept; files of other programs may say anything."""

LONGEST_REQUEST = 1_000_000
"""Characters of a request's JSON; one that is longer stands in the picture's file alone."""

LONGEST_NAME = 200
MOST_LORAS = 100
MOST_EDGES = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """One picture was made from another.

    Attributes:
        child: Id of the one that was made.
        parent: Id of what it was made from.
        role: The request's field that named it, such as "image" or "mask".
    """

    child: str
    parent: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a picture, whatever file it is in.

    Attributes:
        id: SHA-256 of size and pixels, in hex.
        width: In pixels.
        height: In pixels.
        kind: The request's kind; empty where none is known.
        checkpoint: Its name; empty where none is known, and so with all that follow.
        sampler: The sampler's name.
        seed: The seed; None where none is known.
        steps: Sampling steps.
        cfg: Guidance scale.
        prompt: All that was to be painted, that of a second pass included.
        negative_prompt: All that was to be avoided.
        infotext: How it was made, as A1111 tells it.
        request: How it was made, as JSON.
        loras: Names of the LoRA that were asked for.
        lineage: What it was made from, and what that was made from.
    """

    id: str
    width: int
    height: int
    kind: str = ""
    checkpoint: str = ""
    sampler: str = ""
    seed: int | None = None
    steps: int | None = None
    cfg: float | None = None
    prompt: str = ""
    negative_prompt: str = ""
    infotext: str = ""
    request: str = ""
    loras: tuple[str, ...] = ()
    lineage: tuple[Edge, ...] = ()


def facts_of(picture: Picture) -> Facts:
    """What is known of a picture that was just made."""
    height, width = picture.pixels.shape[:2]
    after = format_postprocessing(picture.request)
    told = "\n".join(filter(None, (format_infotext(picture), after)))
    bare = Facts(id=picture.id, width=width, height=height, infotext=_text(told))
    return _with_request(bare, picture.request, picture.models)


def facts_of_story(story: Story, picture_id: str, size: tuple[int, int]) -> Facts:
    """What is known of a picture by the story in its file.

    Args:
        story: The story.
        picture_id: The picture's id, by its pixels. Where the story was written for others, the
            picture was edited since: how it was made is told, what it was made from is not.
        size: Width and height in pixels.
    """
    fields = story.infotext.fields
    bare = Facts(
        id=picture_id,
        width=size[0],
        height=size[1],
        infotext=_text(story.text),
        prompt=_text(story.infotext.prompt),
        negative_prompt=_text(story.infotext.negative_prompt),
        checkpoint=_name(fields.get("Model", "")),
    )
    if story.request is None:
        return bare
    facts = _with_request(bare, story.request, story.models)
    if not story.is_exact and "Sampler" in story.rest:
        facts = replace(facts, sampler=_name(story.rest["Sampler"]))
    if story.is_exact and story.id != picture_id:
        facts = replace(facts, lineage=())
    return facts


def _with_request(bare: Facts, request: Request, models: Iterable[ModelUse]) -> Facts:
    told = request_to_json(request)  # ASCII, and without control characters
    facts = replace(
        bare,
        kind=request.kind,
        request=told if len(told) <= LONGEST_REQUEST else "",
        lineage=tuple(islice(_edges(bare.id, request), MOST_EDGES)),
    )
    painted = painted_by(Origin(request=request, models=tuple(models)))
    if painted is None or not isinstance(painted.request, Painting):
        return facts
    painting = painted.request
    used = {model.kind: model.name for model in painted.models}
    hires = hires_of(painting)
    return replace(
        facts,
        checkpoint=_name(used.get("checkpoint") or painting.checkpoint or bare.checkpoint),
        sampler=_name(painting.sampler),
        seed=painting.seed if painting.seed >= 0 else None,
        steps=painting.steps,
        cfg=float(painting.guidance_scale),
        prompt=_lines(painting.prompt, hires.prompt if hires else ""),
        negative_prompt=_lines(painting.negative_prompt, hires.negative_prompt if hires else ""),
        loras=_loras(painting, painted.models),
    )


def _edges(picture_id: str, request: Request) -> Iterator[Edge]:
    """From the picture to the first ones it goes back to."""
    for role, bitmap in bitmaps(request):
        if bitmap.id != picture_id:  # what changed nothing made nothing
            yield Edge(child=picture_id, parent=bitmap.id, role=role)
    for made in reversed(ancestry(request)):
        if made.origin:
            for role, bitmap in bitmaps(made.origin.request):
                yield Edge(child=made.id, parent=bitmap.id, role=role)


def _loras(painting: Painting, models: Iterable[ModelUse]) -> tuple[str, ...]:
    """Those that took part, and those that the prompt asks for."""
    names = [model.name for model in models if model.kind == "lora"]
    with suppress(PromptError):  # a tag that cannot be read asks for nothing
        names += [lora.name for lora in loras(find_tags(painting.prompt))]
    distinct = {fold(name): _name(name) for name in reversed(names) if fold(name)}
    return tuple(distinct.values())[:MOST_LORAS]


def _lines(*told: str) -> str:
    return _text("\n".join(filter(None, told)))


def _name(told: str) -> str:
    return _text(told, longest=LONGEST_NAME)


def _text(told: str, *, longest: int = LONGEST_TEXT) -> str:
    """The text as every database takes it."""
    return told.replace("\x00", "").encode("utf-8", "replace").decode()[:longest]
