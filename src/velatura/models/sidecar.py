"""What the small files beside a checkpoint tell about it.

``NAME.json`` may hold, beside what other programs keep there::

    {"velatura": {"text_model": {"num_attention_heads": 4}, "native_size": [128, 208]}}

and, as A1111 writes it, ``{"vae": "file name"}``. ``NAME.yaml`` is the training configuration that
original checkpoints came with.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import yaml

from velatura.errors import BrokenModel

if TYPE_CHECKING:
    from pathlib import Path

    from velatura.models.architecture import Prediction

MAX_BYTES = 1_000_000

PREDICTIONS: dict[str, Prediction] = {"eps": "epsilon", "v": "v"}
"""The configuration's word for what the U-Net predicts -> ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sidecar:
    """Facts that stand beside a checkpoint; None where nobody says.

    Attributes:
        text_heads: Attention heads of the text model.
        unet_heads: Attention heads of the U-Net.
        context_width: Features per token the U-Net attends to.
        scale_factor: The latents' factor to unit variance.
        prediction: What the U-Net predicts.
        betas: First and last noise variance.
        native_size: Width and height in pixels that the model was made for.
        vae: The external autoencoder its owner prefers, by name.
    """

    text_heads: int | None = None
    unet_heads: int | None = None
    context_width: int | None = None
    scale_factor: float | None = None
    prediction: Prediction | None = None
    betas: tuple[float, float] | None = None
    native_size: tuple[int, int] | None = None
    vae: str | None = None


def read_sidecar(checkpoint: Path) -> Sidecar:
    """What ``NAME.json`` and ``NAME.yaml`` beside ``checkpoint`` say; the former wins.

    Raises:
        BrokenModel: if one of them cannot be read, or a value is not of its kind.
    """
    facts: dict[str, Any] = {}
    for source in sidecar_files(checkpoint):
        read = _config_facts if source.suffix == ".yaml" else _note_facts
        try:
            facts |= read(_load(source))
        except (TypeError, ValueError, RecursionError, yaml.YAMLError) as error:
            raise BrokenModel(
                f"{source}: cannot be read as facts about a model: {error}"
            ) from error
    return Sidecar(**facts)


def sidecar_files(checkpoint: Path) -> list[Path]:
    """The files beside ``checkpoint`` that tell about it."""
    base = checkpoint if checkpoint.is_dir() else checkpoint.with_suffix("")
    beside = (base.with_name(base.name + suffix) for suffix in (".yaml", ".json"))
    return [source for source in beside if source.is_file()]


def _load(source: Path) -> dict[str, Any]:
    """The mapping in a small JSON or YAML file."""
    if source.stat().st_size > MAX_BYTES:
        raise ValueError(f"larger than {MAX_BYTES} bytes")
    text = source.read_text(encoding="utf-8-sig")
    if source.suffix == ".yaml" and "<<" in text:  # a page of them can fill any memory
        raise ValueError("merge keys (<<) are not read")
    content = json.loads(text) if source.suffix == ".json" else yaml.safe_load(text)
    if not isinstance(content, dict):
        raise TypeError("must be a table of names and values")
    return cast("dict[str, Any]", content)


def _config_facts(config: dict[str, Any]) -> dict[str, Any]:
    """A training configuration as facts for :class:`Sidecar`."""
    params = _table(_table(config, "model"), "params")
    unet = _table(_table(params, "unet_config"), "params")
    facts: dict[str, Any] = {}
    if "parameterization" in params:
        word = params["parameterization"]
        if word not in PREDICTIONS:
            raise ValueError(f"parameterization {word!r} is not one of {', '.join(PREDICTIONS)}")
        facts["prediction"] = PREDICTIONS[word]
    if "linear_start" in params and "linear_end" in params:
        facts["betas"] = (_number(params, "linear_start"), _number(params, "linear_end"))
    if "scale_factor" in params:
        facts["scale_factor"] = _number(params, "scale_factor")
    if _number(unet, "num_heads", -1.0) > 0:
        facts["unet_heads"] = _count(unet, "num_heads")
    if "context_dim" in unet:
        facts["context_width"] = _count(unet, "context_dim")
    if "image_size" in params:
        side = 8 * _count(params, "image_size")
        facts["native_size"] = (side, side)
    return facts


def _note_facts(notes: dict[str, Any]) -> dict[str, Any]:
    """Our own notes, and A1111's preferred autoencoder, as facts for :class:`Sidecar`."""
    facts: dict[str, Any] = {}
    if isinstance(vae := notes.get("vae"), str) and vae:
        facts["vae"] = vae
    ours = _table(notes, "velatura")
    text = _table(ours, "text_model")
    if "num_attention_heads" in text:
        facts["text_heads"] = _count(text, "num_attention_heads")
    if "native_size" in ours:
        width, height = ours["native_size"]
        size = {"width": width, "height": height}
        facts["native_size"] = (_count(size, "width"), _count(size, "height"))
    return facts


def _table(parent: dict[str, Any], name: str) -> dict[str, Any]:
    child = parent.get(name) or {}
    if not isinstance(child, dict):
        raise TypeError(f"{name} must be a table")
    return cast("dict[str, Any]", child)


def _number(parent: dict[str, Any], name: str, default: float | None = None) -> float:
    value = parent.get(name, default)
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise TypeError(f"{name} must be a number, not {value!r}")
    return float(value)


def _count(parent: dict[str, Any], name: str) -> int:
    value = parent.get(name)
    if type(value) is not int or value < 1:
        raise TypeError(f"{name} must be a positive whole number, not {value!r}")
    return value
