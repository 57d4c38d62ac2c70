"""What can be varied along the side of a grid: the axes of A1111's X/Y/Z plot, and any field."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from velatura.choices import known_names, unknown_name
from velatura.compare.axis import Axis, AxisType
from velatura.compare.fields import field_kinds
from velatura.compare.rewriting import orders, replacements, with_order, with_replacement
from velatura.compare.values import (
    read_flags,
    read_numbers,
    read_texts,
    read_whole_numbers,
    split_items,
)
from velatura.errors import TextError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from velatura.compare.axis import Value
    from velatura.compare.fields import Kind
    from velatura.records import Painting, Request

READERS: dict[Kind, Callable[[str], tuple[Value, ...]]] = {
    bool: read_flags,
    int: read_whole_numbers,
    float: read_numbers,
    str: read_texts,
}
"""How a list of values is read, by what the field holds."""

FP8_MODES = {"Enable": True, "Disable": False, "Enable for SDXL": False}
"""A1111's words, and what they mean to the checkpoints that are run here."""


def read_axis(text: str, kind: type[Request]) -> Axis:
    """An axis as it is written: ``Steps: 10-30 (+10)``.

    Args:
        text: Name of the axis or of a field, a colon, values.
        kind: The kind of request that is varied.

    Raises:
        TextError: the text is not of that form, or a value is none; it tells where.
        RequestError: requests of this kind have no such axis.
    """
    name, colon, values = text.partition(":")
    if not colon:
        raise TextError(
            "expected a name and values, as in 'Steps: 10, 20'", text=text, position=len(text)
        )
    axis_type = find_axis(name, kind)
    field = axis_type.field_in(kind) or ""
    read = axis_type.read or READERS[field_kinds(kind)[field]]
    listed = read(values)
    if not listed:
        raise TextError(f"{name.strip()} has no values", text=text, position=len(text))
    return Axis(type=axis_type, field=field, text=values.strip(), values=listed)


def find_axis(name: str, kind: type[Request]) -> AxisType:
    """The axis of a name, whatever its case, or of a field's own name, such as ``sampling.eta``.

    Raises:
        RequestError: requests of this kind have none of that name; it tells the nearest ones.
    """
    table = axes_of(kind)
    labels = known_names(table)
    fields = {field: field for field in field_kinds(kind)}
    wanted = " ".join(name.lower().split())
    if wanted in labels:
        return table[labels[wanted]]
    if wanted in fields:
        return AxisType(label=wanted, fields=(wanted,))
    raise unknown_name(name.strip(), labels | fields if "." in wanted else labels, "axis")


def axes_of(kind: type[Request]) -> Mapping[str, AxisType]:
    """The axes that requests of a kind have, by label."""
    return {label: entry for label, entry in AXES.items() if entry.field_in(kind)}


def _sizes(text: str) -> tuple[str, ...]:
    for item in split_items(text):
        if not re.fullmatch(r"[0-9]{1,9}\s*x\s*[0-9]{1,9}", item.value):
            item.refused(f"expected WIDTHxHEIGHT such as 512x768, got {item.shown!r}")
    return read_texts(text)


def _sized(request: Painting, value: str) -> Painting:
    width, _, height = value.partition("x")
    return replace(request, width=int(width), height=int(height))


def _styled(request: Painting, value: str) -> Painting:
    """Add the styles named, a comma between them, to those of the request."""
    added = tuple(name.strip() for name in value.split(",") if name.strip())
    return replace(request, styles=(*request.styles, *added))


def _with_vae(request: Painting, value: str) -> Painting:
    words = {"auto": "Automatic", "automatic": "Automatic", "none": "None"}
    return replace(request, vae=words.get(value.lower(), value))


def _with_unipc_order(request: Painting, value: int) -> Painting:
    """An order is one less than the steps at most."""
    order = max(1, min(value, request.steps - 1))
    return replace(request, sampling=replace(request.sampling, unipc_order=order))


def _fp8_modes(text: str) -> tuple[str, ...]:
    for item in split_items(text):
        if item.value not in FP8_MODES:
            item.refused(f"expected {' or '.join(FP8_MODES)}, got {item.shown!r}")
    return read_texts(text)


def _with_fp8(request: Painting, value: str) -> Painting:
    return replace(request, sampling=replace(request.sampling, fp8=FP8_MODES[value]))


def _base_name(value: str) -> str:
    return re.split(r"[/\\]", value)[-1]


AXES: dict[str, AxisType] = {
    entry.label: entry
    for entry in (
        AxisType(label="Seed", fields=("seed",), summary="-1 draws one"),
        AxisType(label="Var. seed", fields=("variation.seed",), aliases=("variation seed",)),
        AxisType(
            label="Var. strength", fields=("variation.strength",), aliases=("variation strength",)
        ),
        AxisType(label="Steps", fields=("steps",)),
        AxisType(label="Hires steps", fields=("hires.steps",)),
        AxisType(label="CFG Scale", fields=("guidance_scale",), aliases=("cfg",)),
        AxisType(
            label="Prompt S/R",
            fields=("prompt",),
            summary="search the first item in both prompts, replace it by each",
            read=replacements,
            apply=with_replacement,
            show=lambda value: value[1],
        ),
        AxisType(
            label="Prompt order",
            fields=("prompt",),
            summary="all orders of the items, which must be in the prompt",
            read=orders,
            apply=with_order,
            show=", ".join,
        ),
        AxisType(label="Sampler", fields=("sampler",), show=str),
        AxisType(label="Hires sampler", fields=("hires.sampler",), show=str),
        AxisType(
            label="Checkpoint name",
            fields=("checkpoint",),
            aliases=("checkpoint", "model"),
            summary="file names, parts of them or hashes",
            cost=1.0,
            show=_base_name,
        ),
        AxisType(
            label="Negative Guidance minimum sigma",
            fields=("sampling.skip_guidance_below",),
            aliases=("ngms",),
        ),
        AxisType(label="DeepCache", fields=("sampling.deep_cache",)),
        AxisType(label="BF16", fields=("sampling.bf16",), cost=0.9),
        AxisType(label="Sigma Churn", fields=("sampling.churn",)),
        AxisType(label="Sigma min", fields=("sampling.churn_min",)),
        AxisType(label="Sigma max", fields=("sampling.churn_max",)),
        AxisType(label="Sigma noise", fields=("sampling.noise_scale",)),
        AxisType(label="Schedule type", fields=("schedule",)),
        AxisType(label="Schedule min sigma", fields=("sampling.sigma_min",)),
        AxisType(label="Schedule max sigma", fields=("sampling.sigma_max",)),
        AxisType(label="Schedule rho", fields=("sampling.rho",)),
        AxisType(label="Beta schedule alpha", fields=("sampling.beta_alpha",)),
        AxisType(label="Beta schedule beta", fields=("sampling.beta_beta",)),
        AxisType(label="Eta", fields=("sampling.eta",)),
        AxisType(label="Clip skip", fields=("clip_skip",)),
        AxisType(
            label="Denoising",
            fields=("strength", "hires.strength"),
            aliases=("denoising strength",),
        ),
        AxisType(label="Initial noise multiplier", fields=("noise.multiplier",)),
        AxisType(label="Extra noise", fields=("noise.extra",)),
        AxisType(label="Hires upscaler", fields=("hires.upscaler",)),
        AxisType(label="Cond. Image Mask Weight", fields=("conditioning_mask",)),
        AxisType(label="VAE", fields=("vae",), cost=0.7, apply=_with_vae),
        AxisType(
            label="Styles",
            fields=("styles",),
            summary='added to those given; several at once in quotes, as in "ink, oil"',
            read=read_texts,
            apply=_styled,
        ),
        AxisType(
            label="UniPC Order",
            fields=("sampling.unipc_order",),
            summary="at most one less than the steps",
            cost=0.5,
            apply=_with_unipc_order,
        ),
        AxisType(
            label="Always discard next-to-last sigma", fields=("sampling.discard_penultimate",)
        ),
        AxisType(label="SGM noise multiplier", fields=("sampling.sgm_noise",)),
        AxisType(label="RNG source", fields=("noise.source",)),
        AxisType(
            label="FP8 mode",
            fields=("sampling.fp8",),
            summary="Enable or Disable",
            cost=0.9,
            read=_fp8_modes,
            apply=_with_fp8,
        ),
        AxisType(
            label="Size",
            fields=("width",),
            summary="WxH",
            read=_sizes,
            apply=_sized,
        ),
    )
}
"""The axes of A1111, in its order, as far as requests have what they vary."""
