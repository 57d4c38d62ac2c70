"""The note that NovelAI leaves in its PNG files, as infotext."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from velatura.metadata.notation import Infotext

if TYPE_CHECKING:
    from collections.abc import Mapping

_FIELDS = {"Steps": "steps", "Sampler": "sampler", "CFG scale": "scale", "Seed": "seed"}

_FIXED = {"Clip skip": "2", "ENSD": "31337"}
"""What NovelAI's own pictures were made with; its note does not say so."""


def infotext_from_novelai(texts: Mapping[str, str]) -> Infotext:
    """The prompts and fields in a NovelAI file's texts, as far as its note is readable."""
    prompt = texts.get("Description", "").strip()
    try:
        note: object = json.loads(texts.get("Comment", ""))
    except (ValueError, RecursionError):
        note = None
    if not isinstance(note, dict):
        return Infotext(prompt)
    fields = {label: str(note[key]) for label, key in _FIELDS.items() if key in note}
    if {"width", "height"} <= note.keys():
        fields["Size"] = f"{note['width']}x{note['height']}"
    return Infotext(prompt, str(note.get("uc", "")).strip(), fields | _FIXED)
