"""What an infotext leaves unsaid: A1111's defaults, and the ways of its older versions.

:func:`complete_fields` gives the dictionary that A1111 v1.10.1 makes of a text.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from velatura.metadata.notation import Infotext

DEFAULTS = {
    "Clip skip": "1",
    "Hires resize-1": "0",
    "Hires resize-2": "0",
    "Hires sampler": "Use same sampler",
    "Hires schedule type": "Use same scheduler",
    "Hires checkpoint": "Use same checkpoint",
    "Hires prompt": "",
    "Hires negative prompt": "",
    "Mask mode": "Inpaint masked",
    "Masked content": "original",
    "Inpaint area": "Whole picture",
    "Masked area padding": "32",
    "RNG": "GPU",
    "Schedule type": "Automatic",
    "Schedule max sigma": "0",
    "Schedule min sigma": "0",
    "Schedule rho": "0",
    "VAE Encoder": "Full",
    "VAE Decoder": "Full",
    "FP8 weight": "Disable",
    "Refiner switch by sampling steps": "False",
}

_SIZE = re.compile(r"(\d{1,9})x(\d{1,9})")
_VERSION = re.compile(r"v?(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?:-(\d{1,9}))?")
_BRACKET = re.compile(r"(?<!\\)(?:\\\\)*[(\[]")  # not escaped
OLD_FIRST_PASS_AREA = 512 * 512


def complete_fields(infotext: Infotext) -> dict[str, str]:
    """The fields with sizes split in two, older forms translated and defaults put in."""
    values = {"Prompt": infotext.prompt, "Negative prompt": infotext.negative_prompt}
    for key, value in infotext.fields.items():
        if size := _SIZE.fullmatch(value):
            values[f"{key}-1"], values[f"{key}-2"] = size.groups()
        else:
            values[key] = value
    _translate_hypernetwork(values)
    _translate_first_pass(values)
    for key, value in DEFAULTS.items():
        values.setdefault(key, value)
    if _BRACKET.search(infotext.prompt):
        values.setdefault("Emphasis", "Original")
    return values | _old_ways(values)


def _translate_hypernetwork(values: dict[str, str]) -> None:
    """Hypernetworks were once chosen outside the prompt."""
    if name := values.get("Hypernet"):
        strength = values.get("Hypernet strength", "1.0")
        values["Prompt"] += f"<hypernet:{name}:{strength}>"


def _translate_first_pass(values: dict[str, str]) -> None:
    """``Size`` once meant the second pass, beside a ``First pass size``; 0x0 chose it by area."""
    keys = ("First pass size-1", "First pass size-2", "Size-1", "Size-2")
    if not all(key in values for key in keys):
        return
    first_width, first_height, width, height = (int(values[key]) for key in keys)
    if not (first_width and first_height):
        if not (width and height):
            return
        scale = math.sqrt(OLD_FIRST_PASS_AREA / (width * height))
        first_width, first_height = (math.ceil(scale * side / 64) * 64 for side in (width, height))
    values["Size-1"], values["Size-2"] = str(first_width), str(first_height)
    values["Hires resize-1"], values["Hires resize-2"] = str(width), str(height)


def _old_ways(values: dict[str, str]) -> dict[str, str]:
    """Settings that the version named in the text did not have yet, or had otherwise."""
    found = _VERSION.match(values.get("Version", ""))
    if not found:
        return {}
    version = tuple(int(part or 0) for part in found.groups())
    ways: dict[str, str] = {}
    if version < (1, 6, 0, 0):
        if "[" in values["Prompt"]:
            ways["Old prompt editing timelines"] = "True"
        if values.get("Sampler") in ("DDIM", "PLMS"):
            ways["Pad conds v0"] = "True"
    if version < (1, 7, 0, 225):
        ways["Downcast alphas_cumprod"] = "True"
    if version < (1, 8, 0, 0) and "Refiner" in values:
        ways["Refiner switch by sampling steps"] = "True"
    return ways
