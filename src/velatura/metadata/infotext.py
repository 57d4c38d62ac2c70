"""A picture as infotext: the fields of A1111 v1.10.1, in its order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from velatura.diffusion.samplers import SAMPLERS
from velatura.metadata.fields import (
    BETA_FIELDS,
    FP8_WEIGHT,
    HIRES_FIELDS,
    HIRES_PROMPT_FIELDS,
    OPTION_FIELDS,
    PADDING_LABELS,
    ZERO_TERMINAL_SNR,
    Field,
)
from velatura.metadata.notation import Infotext
from velatura.metadata.repainting import (
    mask_fields,
    noise_fields,
    script_fields,
    strength_fields,
)
from velatura.records import Origin, Painting, Txt2Img, hires_of, painted_by
from velatura.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from velatura.records import Hires, ModelUse, Picture

    Pairs = Iterator[tuple[str, object]]

COMPATIBLE_VERSION = "v1.10.1"
"""The A1111 release whose meaning the fields have; readers choose old behaviour by it."""

_DEFAULTS = Txt2Img()


def format_infotext(picture: Picture) -> str:
    """The A1111 text of a picture, for its file."""
    return str(describe(picture))


def describe(picture: Picture) -> Infotext:
    """Prompts and fields of a picture, or of the painted one that it was made from.

    Settings the text has no field for are left to the JSON. Where nothing was painted there is
    nothing to tell.
    """
    painted = painted_by(Origin(request=picture.request, models=picture.models))
    if painted is None or not isinstance(painted.request, Painting):
        return Infotext()
    request, models = painted.request, painted.models
    pairs = [*_basics(request), *_models(request, models), *_variation(request)]
    pairs += [*strength_fields(request), *_options(request), *script_fields(request)]
    pairs += [*mask_fields(request), *_hires(request), *_hashes(models), *_details(request)]
    pairs.append(("Version", f"{COMPATIBLE_VERSION}+velatura.{__version__.replace('+', '.')}"))
    return Infotext(
        request.prompt.strip(),
        request.negative_prompt.strip(),
        {key: str(value) for key, value in pairs},
    )


def schedule_label(sampler: str, schedule: str) -> str:
    """The schedule as the text names it.

    "Automatic" is replaced by the sampler's own schedule, but stays where that is the uniform one
    or the sampler has a grid of its own.
    """
    entry = SAMPLERS.get(sampler)
    if schedule != "Automatic" or entry is None:
        return schedule
    is_own = entry.family == "sigma" and entry.schedule not in ("Uniform", "")
    return entry.schedule if is_own else schedule


def _basics(request: Painting) -> Pairs:
    yield "Steps", request.steps
    yield "Sampler", request.sampler
    yield "Schedule type", schedule_label(request.sampler, request.schedule)
    yield "CFG scale", float(request.guidance_scale)
    yield "Seed", request.seed
    if request.width and request.height:
        yield "Size", f"{request.width}x{request.height}"


def _models(request: Painting, models: Iterable[ModelUse]) -> Pairs:
    used = {model.kind: model for model in models}
    if checkpoint := used.get("checkpoint"):
        yield "Model hash", checkpoint.hash
        yield "Model", checkpoint.name
    elif request.checkpoint:
        yield "Model", request.checkpoint
    if request.sampling.fp8:
        yield FP8_WEIGHT
    if vae := used.get("vae"):
        yield "VAE hash", vae.hash
        yield "VAE", vae.name


def _variation(request: Painting) -> Pairs:
    variation, noise = request.variation, request.noise
    if variation is not None and variation.strength:
        yield "Variation seed", variation.seed
        yield "Variation seed strength", float(variation.strength)
    if noise.resize_width and noise.resize_height:
        yield "Seed resize from", f"{noise.resize_width}x{noise.resize_height}"


def _options(request: Painting) -> Pairs:
    if request.clip_skip > 1:
        yield "Clip skip", request.clip_skip
    entry = SAMPLERS.get(request.sampler)
    if request.noise.ensd and entry is not None and entry.uses_ensd and request.sampling.eta != 0:
        yield "ENSD", request.noise.ensd
    if request.noise.source != "GPU":
        yield "RNG", request.noise.source
    if request.tiling:
        yield "Tiling", True


def _hires(request: Painting) -> Pairs:
    hires = hires_of(request)
    if hires is None:
        return
    if hires.sampler and hires.sampler != request.sampler:
        yield "Hires sampler", hires.sampler
    for entry in HIRES_PROMPT_FIELDS:
        if (text := getattr(hires, entry.name)) not in ("", getattr(request, entry.name)):
            yield entry.label, text
    yield from _hires_schedule(request, hires)
    if hires.width or hires.height:
        yield "Hires resize", f"{hires.width}x{hires.height}"
    else:
        yield "Hires upscale", float(hires.scale)
    for entry in HIRES_FIELDS:
        if value := getattr(hires, entry.name):
            yield entry.label, value


def _hires_schedule(request: Painting, hires: Hires) -> Pairs:
    first = schedule_label(request.sampler, request.schedule)
    second = schedule_label(hires.sampler or request.sampler, hires.schedule or request.schedule)
    if second != first:
        yield "Hires schedule type", second


def _hashes(models: Iterable[ModelUse]) -> Pairs:
    for kind, label in (("lora", "Lora hashes"), ("embedding", "TI hashes")):
        used = [
            f"{re.sub('[:,]', '', model.name)}: {model.hash}"
            for model in models
            if model.kind == kind
        ]
        if used:
            yield label, ", ".join(used)


def _details(request: Painting) -> Pairs:
    has_brackets = any(sign in request.prompt + request.negative_prompt for sign in "([")
    if request.text.emphasis != "Original" and has_brackets:
        yield "Emphasis", request.text.emphasis
    yield from noise_fields(request)
    yield from _eta(request)
    for entry in OPTION_FIELDS:
        if (value := _value(request, entry)) != _value(_DEFAULTS, entry):
            yield entry.label, value
    hires = hires_of(request)
    if "Beta" in (request.schedule, hires and hires.schedule):
        for entry in BETA_FIELDS:
            yield entry.label, _value(request, entry)
    if request.text.padding in PADDING_LABELS:
        yield PADDING_LABELS[request.text.padding], True
    if request.sampling.zero_terminal_snr:
        yield ZERO_TERMINAL_SNR


def _eta(request: Painting) -> Pairs:
    """Eta where it differs from the sampler's own; the DDIM family has a field of its own."""
    entry, eta = SAMPLERS.get(request.sampler), request.sampling.eta
    if entry is None or eta is None:
        return
    if entry.family == "timestep" and eta != 0:
        yield "Eta DDIM", float(eta)
    elif entry.family == "sigma" and (entry.is_stochastic or entry.uses_ensd) and eta != 1:
        yield "Eta", float(eta)


def _value(request: Painting, entry: Field) -> object:
    value, default = (getattr(getattr(it, entry.group), entry.name) for it in (request, _DEFAULTS))
    return value if isinstance(default, int) else float(value)
