"""Which field of the infotext stands for which setting of a request.

Only settings of the plain kind are listed: one field, one setting, left out at its default.
:mod:`velatura.metadata.infotext` and :mod:`velatura.metadata.recover` treat the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Group = Literal["request", "text", "sampling", "noise", "hires"]


@dataclass(frozen=True, slots=True)
class Field:
    """A field and the setting it stands for.

    Attributes:
        label: The key in the text.
        group: Which record of the request holds the setting.
        name: Name of the setting.
        is_flag: Whether it can only be on (``True`` in the text) or off (left out).
        aliases: Other keys that mean the same when read.
    """

    label: str
    group: Group
    name: str
    is_flag: bool = False
    aliases: tuple[str, ...] = ()


HIRES_PROMPT_FIELDS = (
    Field("Hires prompt", "hires", "prompt"),
    Field("Hires negative prompt", "hires", "negative_prompt"),
)

HIRES_FIELDS = (
    Field("Hires steps", "hires", "steps"),
    Field("Hires upscaler", "hires", "upscaler"),
)

OPTION_FIELDS = (
    Field("Old prompt editing timelines", "text", "old_scheduling", is_flag=True),
    Field("Downcast alphas_cumprod", "sampling", "downcast_alphas", is_flag=True),
    Field("Schedule min sigma", "sampling", "sigma_min"),
    Field("Schedule max sigma", "sampling", "sigma_max"),
    Field("Schedule rho", "sampling", "rho"),
    Field("Sigma churn", "sampling", "churn"),
    Field("Sigma tmin", "sampling", "churn_min"),
    Field("Sigma tmax", "sampling", "churn_max"),
    Field("Sigma noise", "sampling", "noise_scale"),
    Field("SGM noise multiplier", "sampling", "sgm_noise", is_flag=True),
    Field("Discard penultimate sigma", "sampling", "discard_penultimate", is_flag=True),
    Field("Skip Early CFG", "sampling", "skip_guidance_until"),
    Field("NGMS", "sampling", "skip_guidance_below"),
    Field("NGMS all steps", "sampling", "skip_guidance_all", is_flag=True),
    Field("DeepCache", "sampling", "deep_cache"),
    Field("BF16", "sampling", "bf16", is_flag=True),
)

BETA_FIELDS = (
    Field("Beta schedule alpha", "sampling", "beta_alpha", aliases=("Beta scheduler alpha",)),
    Field("Beta schedule beta", "sampling", "beta_beta", aliases=("Beta scheduler beta",)),
)

ZERO_TERMINAL_SNR = ("Noise Schedule", "Zero Terminal SNR")
FP8_WEIGHT = ("FP8 weight", "Enable")
PADDING_LABELS = {"pad": "Pad conds", "pad v0": "Pad conds v0"}
SAME_SAMPLER, SAME_SCHEDULE = "Use same sampler", "Use same scheduler"
