"""The note that NovelAI leaves in its PNG files, as infotext."""

from __future__ import annotations

from typing import TYPE_CHECKING

from velatura.errors import RequestError
from velatura.metadata.notation import Infotext
from velatura.records.plain import read_json

if TYPE_CHECKING:
    from collections.abc import Mapping

_FIELDS = {"Steps": "steps", "Sampler": "sampler", "CFG scale": "scale", "Seed": "seed"}

_FIXED = {"Clip skip": "2", "ENSD": "31337"}
"""What NovelAI's own pictures were made with; its note does not say so."""


def infotext_from_novelai(texts: Mapping[str, str]) -> Infotext:
    """The prompts and fields in a NovelAI file's texts, as far as its note is readable."""
    prompt = texts.get("Description", "").strip()
    try:
        note: object = read_json(texts.get("Comment", ""), "note")
    except RequestError:
        note = None
    if not isinstance(note, dict):
        return Infotext(prompt)
    fields = {label: _whole(note[key]) for label, key in _FIELDS.items() if key in note}
    if {"width", "height"} <= note.keys():
        fields["Size"] = f"{note['width']}x{note['height']}"
    return Infotext(prompt, _whole(note.get("uc", "")).strip(), fields | _FIXED)


def _whole(value: object) -> str:
    """A value as text, without half characters (lone surrogates)."""
    return str(value).encode(errors="replace").decode()
