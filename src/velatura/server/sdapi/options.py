"""A1111's options: those that change pictures, and those that its clients read; kept in a file."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

from velatura.errors import RequestError
from velatura.library.files import save_over

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Value = bool | int | float | str | list[Any] | None
Options = dict[str, Any]

DEFAULTS: dict[str, Value] = {
    "sd_model_checkpoint": "",
    "sd_vae": "Automatic",
    "sd_vae_overrides_per_model_preferences": True,
    "sd_checkpoints_limit": 1,
    "sd_unet": "Automatic",
    "emphasis": "Original",
    "comma_padding_backtrack": 20,
    "CLIP_stop_at_last_layers": 1,
    "enable_prompt_comments": True,
    "use_old_emphasis_implementation": False,
    "use_old_scheduling": False,
    "pad_cond_uncond": False,
    "pad_cond_uncond_v0": False,
    "randn_source": "GPU",
    "eta_ancestral": 1.0,
    "eta_ddim": 0.0,
    "s_churn": 0.0,
    "s_tmin": 0.0,
    "s_tmax": 0.0,
    "s_noise": 1.0,
    "sigma_min": 0.0,
    "sigma_max": 0.0,
    "rho": 0.0,
    "eta_noise_seed_delta": 0,
    "always_discard_next_to_last_sigma": False,
    "sgm_noise_multiplier": False,
    "uni_pc_variant": "bh1",
    "uni_pc_skip_type": "time_uniform",
    "uni_pc_order": 3,
    "uni_pc_lower_order_final": True,
    "sd_noise_schedule": "Default",
    "skip_early_cond": 0.0,
    "s_min_uncond": 0.0,
    "s_min_uncond_all": False,
    "beta_dist_alpha": 0.6,
    "beta_dist_beta": 0.6,
    "enable_quantization": False,
    "use_old_karras_scheduler_sigmas": False,
    "no_dpmpp_sde_batch_determinism": False,
    "use_downcasted_alpha_bar": False,
    "fp8_storage": "Disable",
    "inpainting_mask_weight": 1.0,
    "initial_noise_multiplier": 1.0,
    "img2img_extra_noise": 0.0,
    "img2img_color_correction": False,
    "img2img_fix_steps": False,
    "img2img_background_color": "#ffffff",
    "overlay_inpaint": True,
    "upscaler_for_img2img": None,
    "tiling": False,
    "face_restoration": False,
    "face_restoration_model": "CodeFormer",
    "code_former_weight": 0.5,
    "ESRGAN_tile": 192,
    "ESRGAN_tile_overlap": 8,
    "samples_save": True,
    "samples_format": "png",
    "grid_save": True,
    "grid_only_if_multiple": True,
    "n_rows": -1,
    "jpeg_quality": 80,
    "webp_lossless": False,
    "live_previews_enable": True,
    "show_progress_every_n_steps": 10,
    "show_progress_type": "Approx NN",
    "infotext_styles": "Apply if any",
    "send_seed": True,
    "send_size": True,
    "api_enable_requests": False,
    "api_forbid_local_requests": True,
    "api_useragent": "",
}
"""Each option that is known here, and its value where nobody set it; its type is the option's."""

FIXED = frozenset({"api_enable_requests", "api_forbid_local_requests", "api_useragent"})
"""What the interface refuses silently to set, as there."""

LONGEST_TEXT = 1000


class OptionsFile:
    """The options that were set, in a file of the data folder.

    Args:
        path: The file; it is made when the first option is set.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def set_ones(self) -> Options:
        """The options that somebody set.

        Raises:
            RequestError: the file is damaged.
        """
        try:
            values = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError) as error:
            raise RequestError(f"{self._path.name}: damaged; remove it: {error}") from error
        return known(values) if isinstance(values, dict) else {}

    def change(self, values: Mapping[str, Any]) -> None:
        """Set options.

        Raises:
            RequestError: there is no such option, or it takes no such value.
            OutputError: the disk does not take it.
        """
        for name in values:
            if name not in DEFAULTS:
                raise RequestError(f"{name[:80]}: there is no such option", field=name[:80])
        fresh = {name: value for name, value in known(values).items() if name not in FIXED}
        with self._lock:
            merged = self.set_ones() | fresh
            save_over(json.dumps(merged, indent=1).encode(), self._path)


def known(values: Mapping[str, Any]) -> Options:
    """The options among some values that are known here, as what they are.

    Raises:
        RequestError: a value is of another type.
    """
    return {name: _typed(name, value) for name, value in values.items() if name in DEFAULTS}


def _typed(name: str, value: Any) -> Any:  # noqa: ANN401
    """A value as its option's type; numbers may come as whole ones or not."""
    default = DEFAULTS[name]
    if value is None:
        return default
    if isinstance(default, bool):
        fits = isinstance(value, bool)
    elif isinstance(default, int | float):
        fits = isinstance(value, int | float) and not isinstance(value, bool)
        fits = fits and (isinstance(default, float) or float(value).is_integer())
    else:
        fits = isinstance(value, str) and len(value) <= LONGEST_TEXT
    if not fits:
        kind = "text" if isinstance(default, str) or default is None else type(default).__name__
        raise RequestError(f"{name}: expected {kind}, got {str(value)[:80]!r}", field=name)
    if isinstance(default, bool) or not isinstance(default, int | float):
        return value
    return int(value) if isinstance(default, int) else float(value)
