"""The menus of a request's fields, made of the tables and of the files found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from velatura.adjust.kinds import ADJUSTMENTS
from velatura.diffusion.samplers import SAMPLERS
from velatura.diffusion.schedules import AUTOMATIC, SCHEDULES
from velatura.faces.restorers import RESTORERS
from velatura.records import REQUESTS
from velatura.records.descriptions import descriptions
from velatura.upscalers import LATENT_UPSCALERS, PACKAGED_UPSCALERS, UPSCALERS

if TYPE_CHECKING:
    from velatura.models.catalogue import Kind
    from velatura.server.models import Models

Entry = dict[str, Any]

MENU_OF_FIELD = {
    "sampler": "samplers",
    "schedule": "schedules",
    "upscaler": "upscalers",
    "second_upscaler": "upscalers",
    "checkpoint": "checkpoints",
    "vae": "vaes",
    "styles": "styles",
    "restorer": "face_restorers",
    "kind": "requests",
}
"""Which menu a field's value is chosen from, by the field's last word."""


def menus(models: Models) -> dict[str, list[Entry]]:
    """Every menu: entries with a ``name`` and a ``summary``, and what else is known."""
    catalogue = models.catalogue()

    def files(kind: Kind) -> list[Entry]:
        return [{"name": stem, "summary": ""} for stem in catalogue.stems(kind)]

    upscalers = [
        _entry(each) | {"scale": each.scale}
        for each in (*UPSCALERS.values(), *PACKAGED_UPSCALERS.values())
    ]
    latent = [{"name": label, "summary": "Enlarges latents"} for label in LATENT_UPSCALERS]
    automatic = {"name": AUTOMATIC, "summary": "What suits the sampler"}
    return {
        "requests": [
            {"name": kind, "summary": (record.__doc__ or "").partition("\n")[0]}
            for kind, record in REQUESTS.items()
        ],
        "samplers": [
            _entry(each) | {"schedule": each.schedule, "is_stochastic": each.is_stochastic}
            for each in SAMPLERS.values()
        ],
        "schedules": [automatic, *map(_entry, SCHEDULES.values())],
        "upscalers": upscalers + files("upscaler"),
        "hires_upscalers": latent + upscalers + files("upscaler"),
        "face_restorers": [_entry(each) for each in RESTORERS.values()],
        "adjustments": [
            {"name": name, "summary": kind.summary, "fields": descriptions(kind.record)}
            for name, kind in ADJUSTMENTS.items()
        ],
        "checkpoints": files("checkpoint"),
        "vaes": [{"name": name, "summary": ""} for name in ("Automatic", "None")] + files("vae"),
        "loras": files("lora"),
        "embeddings": files("embedding"),
        "wildcards": [
            {"name": name, "summary": f"{count} line{'s' if count != 1 else ''}"}
            for name, count in models.wildcards().items()
        ],
        "styles": [
            {
                "name": style.name,
                "summary": style.prompt,
                "negative_prompt": style.negative_prompt,
            }
            for style in models.styles().values()
        ],
    }


def choices_for(field: str, models: Models) -> list[str]:
    """What could stand in a field whose value was refused; empty where it is no choice."""
    names = field.split(".")
    menu = MENU_OF_FIELD.get(names[-1], "")
    if names[-2:] == ["hires", "upscaler"]:
        menu = "hires_upscalers"
    return [entry["name"] for entry in menus(models)[menu]] if menu else []


def _entry(choice: Any) -> Entry:  # noqa: ANN401 - the tables' entries have no common type
    return {
        "name": choice.label,
        "summary": choice.summary,
        "aliases": list(getattr(choice, "aliases", ())),
    }
