"""A checkpoint in the layout of diffusers: a folder per network, each with its ``config.json``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from velatura.errors import BrokenModel, UnsupportedModel
from velatura.models import detect
from velatura.models.architecture import (
    Architecture,
    Prediction,
    TextArchitecture,
    UnetArchitecture,
    VaeArchitecture,
)
from velatura.models.checkpoint import open_weights

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from velatura.models.sidecar import Sidecar
    from velatura.models.stored import StoredTensor

PIPELINE = "StableDiffusionPipeline"
WEIGHTS = ("model", "diffusion_pytorch_model", "pytorch_model")
ENDINGS = (".safetensors", ".bin", ".fp16.safetensors", ".fp16.bin")
PREDICTIONS: Mapping[str, Prediction] = {"epsilon": "epsilon", "v_prediction": "v"}
MAX_CONFIG_BYTES = 1_000_000
MAX_LEVELS = 16
MAX_COUNT = 1_000_000

Weights = dict[str, "StoredTensor"]


def read_folder(folder: Path, sidecar: Sidecar) -> tuple[Architecture, Weights, Weights, Weights]:
    """The architecture, and the weights of text encoder, U-Net and autoencoder.

    Raises:
        BrokenModel: if a file is missing or cannot be read.
        UnsupportedModel: if the folder holds another pipeline than Stable Diffusion 1.x.
    """
    pipeline = _config(folder / "model_index.json").get("_class_name")
    if pipeline != PIPELINE:
        raise UnsupportedModel(
            f"{folder}: this is a {pipeline} folder; Velatura runs {PIPELINE} folders of SD 1.x"
        )
    try:
        text = _text(folder, _config(folder / "text_encoder/config.json"))
        unet_config = _config(folder / "unet/config.json")
        unet = _unet(folder, unet_config)
        vae = _vae(_config(folder / "vae/config.json"))
        detect.check_unet(folder, unet)
        detect.check_vae(folder, vae)
        scheduler = _config(folder / "scheduler/scheduler_config.json")
        native = 8 * int(unet_config.get("sample_size") or 64)
        architecture = Architecture(
            text=text,
            unet=unet,
            vae=vae,
            prediction=PREDICTIONS[scheduler.get("prediction_type") or "epsilon"],
            betas=(scheduler.get("beta_start", 0.00085), scheduler.get("beta_end", 0.012)),
            native_size=sidecar.native_size or (native, native),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BrokenModel(f"{folder}: its configuration lacks or contradicts {error}") from error
    return (
        architecture,
        _text_weights(folder / "text_encoder"),
        _weights(folder / "unet"),
        _vae_weights(folder / "vae"),
    )


def _text(folder: Path, config: dict[str, Any]) -> TextArchitecture:
    if config.get("hidden_act", "quick_gelu") != "quick_gelu":
        raise UnsupportedModel(f"{folder}: its text encoder is not that of SD 1.x")
    text = TextArchitecture(
        width=_count(config, "hidden_size"),
        layers=_count(config, "num_hidden_layers"),
        intermediate=_count(config, "intermediate_size"),
        heads=_count(config, "num_attention_heads"),
        vocabulary=_count(config, "vocab_size", 49408),
        positions=_count(config, "max_position_embeddings", 77),
    )
    if text.width % text.heads:
        raise ValueError(f"{text.heads} attention heads for {text.width} features")
    return text


def _unet(folder: Path, config: dict[str, Any]) -> UnetArchitecture:
    levels = len(config["block_out_channels"])
    if not isinstance(config["attention_head_dim"], int):
        raise UnsupportedModel(f"{folder}: its U-Net is not that of SD 1.x")
    if len(config["down_block_types"]) != levels:
        raise ValueError(f"down_block_types for {levels} levels")
    return UnetArchitecture(
        in_channels=_count(config, "in_channels", 4),
        out_channels=_count(config, "out_channels", 4),
        channels=_per_level(config, "block_out_channels", levels),
        res_blocks=_per_level(config, "layers_per_block", levels, 2),
        attention=tuple(kind.startswith("CrossAttn") for kind in config["down_block_types"]),
        depth=_per_level(config, "transformer_layers_per_block", levels, 1),
        context_width=_count(config, "cross_attention_dim"),
        heads=_count(config, "attention_head_dim"),
        linear_projection=bool(config.get("use_linear_projection", False)),
    )


def _vae(config: dict[str, Any]) -> VaeArchitecture:
    return VaeArchitecture(
        channels=_per_level(config, "block_out_channels", len(config["block_out_channels"])),
        res_blocks=_count(config, "layers_per_block", 2),
        latent_channels=_count(config, "latent_channels", 4),
        scale_factor=float(config.get("scaling_factor", 0.18215)),
    )


def _per_level(
    config: dict[str, Any], name: str, levels: int, default: int | None = None
) -> tuple[int, ...]:
    """A positive number for each level, where one number may stand for all."""
    value = config.get(name, default)
    numbers = value if isinstance(value, list) else [value] * levels
    listed = cast("list[Any]", numbers)
    if len(listed) != levels or not 1 <= levels <= MAX_LEVELS:
        raise ValueError(f"{name} for {levels} levels")
    return tuple(_count({name: number}, name) for number in listed)


def _count(config: dict[str, Any], name: str, default: int | None = None) -> int:
    value = config.get(name, default)
    if type(value) is not int or not 1 <= value <= MAX_COUNT:
        raise ValueError(f"{name} = {value!r}")
    return value


def _text_weights(folder: Path) -> Weights:
    weights = {n.removeprefix("text_model."): place for n, place in _weights(folder).items()}
    return {name: place for name, place in weights.items() if name != "embeddings.position_ids"}


def _vae_weights(folder: Path) -> Weights:
    """The autoencoder's weights; early files call its attention's matrices otherwise."""
    old = {".query.": ".to_q.", ".key.": ".to_k.", ".value.": ".to_v.", ".proj_attn.": ".to_out.0."}
    weights: Weights = {}
    for name, place in _weights(folder).items():
        for before, after in old.items():
            name = name.replace(before, after)
        weights[name] = place
    return weights


def _weights(folder: Path) -> Weights:
    """The tensors of the first weight file that is there, safetensors before pickles."""
    candidates = [folder / (stem + ending) for ending in ENDINGS for stem in WEIGHTS]
    for path in candidates:
        if path.is_file():
            return dict(open_weights(path).tensors)
    raise BrokenModel(f"{folder}: has no weights ({candidates[0].name} or the like)")


def _config(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > MAX_CONFIG_BYTES:
            raise ValueError("far too long")
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise BrokenModel(f"{path}: cannot be read as a configuration: {error}") from error
    if not isinstance(content, dict):
        raise BrokenModel(f"{path}: must be a table of names and values")
    return cast("dict[str, Any]", content)
