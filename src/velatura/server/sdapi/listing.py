"""What A1111's clients list: models, samplers, scripts. Files are told by name, never by place."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from velatura.diffusion.samplers import SAMPLERS
from velatura.diffusion.schedules import AUTOMATIC, SCHEDULES
from velatura.errors import ModelError
from velatura.faces.restorers import RESTORERS
from velatura.models.safetensors_file import read_metadata
from velatura.server.sdapi.options import DEFAULTS
from velatura.server.sdapi.scripts import ALWAYS_ON, SCRIPTS
from velatura.upscalers import LATENT_UPSCALERS, PACKAGED_UPSCALERS, UPSCALERS

if TYPE_CHECKING:
    from velatura.models.catalogue import ModelFile
    from velatura.server.config import ServerConfig
    from velatura.server.models import Models

Entries = list[dict[str, Any]]

PLAIN_SCALE = 4.0
"""What the web UI says of upscalers that take any factor."""

_OWN_RHO = {"Karras": 7.0, "Polyexponential": 1.0}
_FROM_MODEL = ("Uniform", "SGM Uniform", "Simple", "Normal", "DDIM", "Beta")


def samplers() -> Entries:
    """The samplers."""
    return [
        {"name": it.label, "aliases": list(it.aliases), "options": _sampler_options(it)}
        for it in SAMPLERS.values()
    ]


def _sampler_options(sampler: Any) -> dict[str, str]:  # noqa: ANN401
    options: dict[str, str] = {}
    if sampler.schedule != "Uniform" and sampler.family == "sigma":
        options["scheduler"] = sampler.schedule.lower()
    if sampler.uses_ensd:
        options["uses_ensd"] = "True"
    if sampler.calls_per_step > 1:
        options["second_order"] = "True"
    if sampler.drops_penultimate:
        options["discard_next_to_last_sigma"] = "True"
    return options


def schedulers() -> Entries:
    """The schedules."""
    rows = [(AUTOMATIC, ("automatic",)), *((it.label, it.aliases) for it in SCHEDULES.values())]
    return [
        {
            "name": aliases[0],
            "label": label,
            "aliases": list(aliases[1:]) or None,
            "default_rho": _OWN_RHO.get(label, -1.0),
            "need_inner_model": label in _FROM_MODEL,
        }
        for label, aliases in rows
    ]


def upscalers(models: Models) -> Entries:
    """The upscalers of pixels."""
    plain = [(label, None, PLAIN_SCALE) for label in UPSCALERS]
    packaged = [(it.label, it.label, float(it.scale)) for it in PACKAGED_UPSCALERS.values()]
    files = [(stem, stem, PLAIN_SCALE) for stem in models.catalogue().stems("upscaler")]
    return [
        {"name": name, "model_name": model, "model_path": None, "model_url": None, "scale": scale}
        for name, model, scale in (*plain, *packaged, *files)
    ]


def latent_upscale_modes() -> Entries:
    """The upscalers of latents."""
    return [{"name": label} for label in LATENT_UPSCALERS]


def sd_models(models: Models) -> Entries:
    """The checkpoints."""
    return [
        {
            "title": title_of(models, file),
            "model_name": file.model_name,
            "hash": _short(models, file) or None,
            "sha256": models.hashes.known(file.path),
            "filename": file.name,
            "config": None,
        }
        for file in models.catalogue().of("checkpoint")
    ]


def title_of(models: Models, file: ModelFile) -> str:
    """A checkpoint's name, with its hash where that is known."""
    return file.title(_short(models, file))


def _short(models: Models, file: ModelFile) -> str:
    return (models.hashes.known(file.path) or "")[:10]


def sd_vae(models: Models) -> Entries:
    """The autoencoders."""
    files = models.catalogue().of("vae")
    return [{"model_name": file.path.name, "filename": file.name} for file in files]


def face_restorers() -> Entries:
    """The face restorers."""
    return [{"name": label, "cmd_dir": None} for label in RESTORERS]


def realesrgan_models() -> Entries:
    """The networks of Real-ESRGAN."""
    return [
        {"name": it.label, "path": None, "scale": it.scale} for it in PACKAGED_UPSCALERS.values()
    ]


def prompt_styles(models: Models) -> Entries:
    """The saved styles."""
    return [
        {"name": it.name, "prompt": it.prompt, "negative_prompt": it.negative_prompt}
        for it in models.styles().values()
    ]


def embeddings(models: Models) -> dict[str, Any]:
    """The embeddings; what is in them is seen when they are used."""
    unknown = dict.fromkeys(("step", "sd_checkpoint", "sd_checkpoint_name"))
    names = models.catalogue().stems("embedding")
    return {
        "loaded": {name: {**unknown, "shape": 0, "vectors": 0} for name in names},
        "skipped": {},
    }


def loras(models: Models) -> Entries:
    """The LoRA, with what their files tell."""
    return [
        {
            "name": file.stem,
            "alias": _metadata(file).get("ss_output_name") or file.stem,
            "path": file.name,
            "metadata": _metadata(file),
        }
        for file in models.catalogue().of("lora")
    ]


def _metadata(file: ModelFile) -> dict[str, str]:
    """Texts in a file's header; a file that has none, or is no such file, tells nothing."""
    if file.path.suffix != ".safetensors":
        return {}
    try:
        return read_metadata(file.path)
    except (ModelError, OSError):
        return {}


def scripts() -> dict[str, list[str]]:
    """The scripts by page."""
    titles = [it.title for it in SCRIPTS.values() if not it.is_img2img]
    return {
        "txt2img": [*titles, *(it for it in ALWAYS_ON if it != "soft inpainting")],
        "img2img": [*(it.title for it in SCRIPTS.values()), *ALWAYS_ON],
    }


def script_info() -> Entries:
    """The scripts with their arguments; those for both pages come twice, as there."""
    pages = [
        (script, is_img2img)
        for is_img2img in (False, True)
        for script in SCRIPTS.values()
        if is_img2img or not script.is_img2img
    ]
    return [
        {
            "name": script.title,
            "is_alwayson": False,
            "is_img2img": is_img2img,
            "args": [
                {
                    "label": argument.label,
                    "value": argument.value,
                    "minimum": None,
                    "maximum": None,
                    "step": None,
                    "choices": list(argument.choices) or None,
                }
                for argument in script.arguments
            ],
        }
        for script, is_img2img in pages
    ]


def cmd_flags(config: ServerConfig) -> dict[str, Any]:
    """What the server was started with, as far as clients of A1111 ask."""
    return {
        "api": True,
        "nowebui": False,
        "listen": False,
        "port": config.port,
        "api_auth": None,
        "no_half": True,
        "ckpt": None,
    }


def memory() -> dict[str, Any]:
    """Memory of this machine, as far as its system tells."""
    names = os.sysconf_names if hasattr(os, "sysconf") else {}
    if not {"SC_PHYS_PAGES", "SC_AVPHYS_PAGES"} <= set(names):
        return {"ram": {"error": "unknown here"}, "cuda": {"error": "unavailable"}}
    page = os.sysconf("SC_PAGE_SIZE")
    total, free = os.sysconf("SC_PHYS_PAGES") * page, os.sysconf("SC_AVPHYS_PAGES") * page
    ram = {"free": float(free), "used": total - free, "total": float(total)}
    return {"ram": ram, "cuda": {"error": "unavailable"}}


def all_options(models: Models, set_ones: dict[str, Any]) -> dict[str, Any]:
    """Every option with its value; the checkpoint is the first one unless it was set."""
    values = DEFAULTS | set_ones
    if not values["sd_model_checkpoint"]:
        files = models.catalogue().of("checkpoint")
        values["sd_model_checkpoint"] = title_of(models, files[0]) if files else ""
    return values
