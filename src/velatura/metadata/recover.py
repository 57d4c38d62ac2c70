"""A request read back from an infotext, as far as the text tells.

Fields that no setting stands for, and values that no setting can have, are handed back beside the
request: the caller finds the checkpoint by ``Model hash``, or shows them.
"""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from velatura.diffusion.samplers import SAMPLERS
from velatura.diffusion.schedules import SCHEDULES
from velatura.errors import RequestError
from velatura.metadata.fields import (
    BETA_FIELDS,
    FP8_WEIGHT,
    HIRES_FIELDS,
    HIRES_PROMPT_FIELDS,
    OPTION_FIELDS,
    PADDING_LABELS,
    SAME_SAMPLER,
    SAME_SCHEDULE,
    ZERO_TERMINAL_SNR,
    Field,
)
from velatura.metadata.legacy import complete_fields
from velatura.metadata.notation import Infotext, parse_infotext
from velatura.records import Hires, Txt2Img, Variation

if TYPE_CHECKING:
    from collections.abc import Callable

PLAIN_FIELDS = (
    Field("Prompt", "request", "prompt"),
    Field("Negative prompt", "request", "negative_prompt"),
    Field("Steps", "request", "steps"),
    Field("Sampler", "request", "sampler"),
    Field("Schedule type", "request", "schedule"),
    Field("CFG scale", "request", "guidance_scale"),
    Field("Seed", "request", "seed"),
    Field("Size-1", "request", "width"),
    Field("Size-2", "request", "height"),
    Field("Model", "request", "checkpoint"),
    Field("VAE", "request", "vae"),
    Field("Clip skip", "request", "clip_skip"),
    Field("Tiling", "request", "tiling", is_flag=True),
    Field("Seed resize from-1", "noise", "resize_width"),
    Field("Seed resize from-2", "noise", "resize_height"),
    Field("ENSD", "noise", "ensd"),
    Field("RNG", "noise", "source"),
    Field("Noise multiplier", "noise", "multiplier"),
    Field("Extra noise", "noise", "extra"),
    Field("Emphasis", "text", "emphasis"),
    Field("Eta", "sampling", "eta", aliases=("Eta DDIM",)),
    *OPTION_FIELDS,
    *BETA_FIELDS,
)

HIRES_PLAIN_FIELDS = (
    *HIRES_PROMPT_FIELDS,
    *HIRES_FIELDS,
    Field("Hires upscale", "hires", "scale"),
    Field("Hires resize-1", "hires", "width"),
    Field("Hires resize-2", "hires", "height"),
    Field("Hires sampler", "hires", "sampler"),
    Field("Hires schedule type", "hires", "schedule"),
    Field("Denoising strength", "hires", "strength"),
)

_TRANSLATED = ("First pass size", "Hypernet", "Hypernet strength")
"""Old fields that :func:`~velatura.metadata.legacy.complete_fields` turns into others."""

HIRES_SIGNS = ("Hires upscale", "Hires resize", "Hires upscaler", "Hires steps", "First pass size")


def request_from_infotext(text: str | Infotext) -> tuple[Txt2Img, dict[str, str]]:
    """The request an infotext describes, and the fields that did not go into it.

    Settings the text does not carry have the values A1111 assumes; sampler and schedule are
    names, known here or not. The picture that was painted over, and its mask, are in no text: what
    concerns them is among the rest. Never raises: a value that cannot be is there, too.
    """
    infotext = parse_infotext(text) if isinstance(text, str) else text
    reader = _Reader(complete_fields(infotext))
    request = reader.read(Txt2Img(), PLAIN_FIELDS)
    request = _read_variation(reader, request)
    if any(sign in infotext.fields for sign in HIRES_SIGNS):
        hires = reader.read(Txt2Img(hires=Hires()), HIRES_PLAIN_FIELDS).hires
        request = replace(request, hires=hires)
    request = _read_switches(reader, request)
    return request, _rest(infotext, reader)


class _Reader:
    """Takes values out of the fields one by one, and remembers which were of use."""

    def __init__(self, values: dict[str, str]) -> None:
        self.values = _split_sampler(values)
        self.used: set[str] = set()

    def read(self, request: Txt2Img, entries: tuple[Field, ...]) -> Txt2Img:
        """The request with every listed field put in that holds a possible value."""
        for group in dict.fromkeys(entry.group for entry in entries):
            record = request if group == "request" else getattr(request, group)
            told = self._told(record, [entry for entry in entries if entry.group == group])
            changed = self._filled(record, told)
            if group == "request":
                request = changed
            elif changed is not record:
                request = replace(request, **{group: changed})
        return request

    def take(self, label: str, convert: Callable[[str], Any]) -> Any:  # noqa: ANN401
        """The field's value, or None where there is none or ``convert`` refuses it."""
        if label not in self.values:
            return None
        try:
            value = convert(self.values[label])
        except ValueError:
            return None
        self.used.add(label)
        return value

    def _told(self, record: object, entries: list[Field]) -> dict[str, tuple[str, Any]]:
        """By label, the settings of a record that the text tells, with values of their type."""
        told: dict[str, tuple[str, Any]] = {}
        for entry in entries:
            for label in (entry.label, *entry.aliases):
                if label in self.values:
                    with suppress(ValueError):
                        value = _converted(entry, self.values[label], getattr(record, entry.name))
                        told[label] = entry.name, value
        return told

    def _filled(self, record: Any, told: dict[str, tuple[str, Any]]) -> Any:  # noqa: ANN401
        """The record with those values that it takes.

        It is made once, not once a value, as it looks at all of its values every time.
        """
        while told:
            try:
                changed = replace(record, **dict(told.values()))
            except RequestError as error:
                refused = [label for label, (name, _) in told.items() if name == error.field]
                del told[refused[-1]]
            else:
                self.used.update(told)
                return changed
        return record


def _converted(entry: Field, text: str, present: object) -> Any:  # noqa: ANN401
    """A field's text as the type its setting has."""
    if entry.is_flag:
        return _flag(text)
    if entry.name in ("width", "height") and entry.group == "request":
        return int(text) // 8 * 8  # A1111 notes the size asked for, but paints whole latent cells
    if isinstance(present, int):
        return int(text)
    if isinstance(present, float) or present is None:
        return _finite(text)
    is_same = entry.name in ("sampler", "schedule") and text in (SAME_SAMPLER, SAME_SCHEDULE)
    return "" if is_same else text


def _flag(text: str) -> bool:
    if text not in ("True", "False"):
        raise ValueError(text)
    return text == "True"


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def _read_variation(reader: _Reader, request: Txt2Img) -> Txt2Img:
    seed = reader.take("Variation seed", int)
    strength = reader.take("Variation seed strength", _finite)
    if not strength:
        return request
    try:
        variation = Variation(seed=seed if seed is not None else 0, strength=strength)
    except RequestError:
        reader.used -= {"Variation seed", "Variation seed strength"}
        return request
    return replace(request, variation=variation)


def _read_switches(reader: _Reader, request: Txt2Img) -> Txt2Img:
    """Settings of which the text tells only one of several values."""
    for padding, label in PADDING_LABELS.items():
        if reader.take(label, _flag):
            request = replace(request, text=replace(request.text, padding=padding))  # pyright: ignore[reportArgumentType]
    switches = (ZERO_TERMINAL_SNR, "zero_terminal_snr"), (FP8_WEIGHT, "fp8")
    for (label, value), name in switches:
        if reader.values.get(label) == value:
            reader.used.add(label)
            request = replace(request, sampling=replace(request.sampling, **{name: True}))
    return request


def _split_sampler(values: dict[str, str]) -> dict[str, str]:
    """Sampler and schedule apart: A1111 before 1.9 wrote "DPM++ 2M Karras"."""
    split = dict(values)
    for sampler, schedule in (
        ("Sampler", "Schedule type"),
        ("Hires sampler", "Hires schedule type"),
    ):
        if sampler not in values:
            continue
        name = values[sampler]
        for entry in SCHEDULES.values():
            for suffix in (entry.label, *entry.aliases):
                if name.lower().endswith(f" {suffix.lower()}") and name not in SAMPLERS:
                    split[sampler], split[schedule] = name[: -len(suffix) - 1], entry.label
        split[sampler] = _sampler_label(split[sampler])
    return split


def _sampler_label(name: str) -> str:
    """The label of a sampler named by an alias; an unknown name stays."""
    aliases = {alias: entry.label for entry in SAMPLERS.values() for alias in entry.aliases}
    return aliases.get(name, name)


def _rest(infotext: Infotext, reader: _Reader) -> dict[str, str]:
    """The fields of the text that no setting of the request took."""
    return {key: value for key, value in infotext.fields.items() if not _was_read(key, reader)}


def _was_read(key: str, reader: _Reader) -> bool:
    """Whether a field was of use: itself, the halves it was split into, or in the prompt."""
    halves = {f"{key}-1", f"{key}-2"}
    return key in reader.used or halves <= reader.used or key in _TRANSLATED
