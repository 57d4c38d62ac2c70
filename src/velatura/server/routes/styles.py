"""``/api/styles``: saved pieces of prompts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter

from velatura.prompts.styles import Style
from velatura.server.bodies import Body, no_more, take
from velatura.server.routes.jobs import json_body
from velatura.server.studio import Studio, StudioDep
from velatura.server.styles import LONGEST_NAME, LONGEST_TEXT

router = APIRouter(prefix="/api/styles", tags=["prompts"])


@dataclass(frozen=True, slots=True, kw_only=True)
class StyleView:
    """A style; ``{prompt}`` in its texts is where the prompt goes, or else they come after it."""

    name: str
    prompt: str
    negative_prompt: str


NAME = {"type": "string", "minLength": 1, "maxLength": LONGEST_NAME}
TEXT: dict[str, Any] = {"type": "string", "maxLength": LONGEST_TEXT, "default": ""}
STYLE = {"name": NAME, "prompt": TEXT, "negative_prompt": TEXT}


@router.get("")
def listed(studio: StudioDep) -> list[StyleView]:
    """The saved styles."""
    return _views(studio)


@router.post("", openapi_extra=json_body(STYLE, ["name"]))
def save(body: Body, studio: StudioDep) -> list[StyleView]:
    """Save a style, in place of one of its name; all styles."""
    style = Style(
        name=take(body, "name", str, ""),
        prompt=take(body, "prompt", str, ""),
        negative_prompt=take(body, "negative_prompt", str, ""),
    )
    no_more(body)
    studio.models.saved.save(style)
    return _views(studio)


@router.post("/drop", openapi_extra=json_body({"name": NAME}, ["name"]))
def drop(body: Body, studio: StudioDep) -> list[StyleView]:
    """Give a style up; those that are left."""
    name: str = take(body, "name", str, "")
    no_more(body)
    studio.models.saved.drop(name)
    return _views(studio)


def _views(studio: Studio) -> list[StyleView]:
    return [
        StyleView(name=it.name, prompt=it.prompt, negative_prompt=it.negative_prompt)
        for it in studio.models.styles().values()
    ]
