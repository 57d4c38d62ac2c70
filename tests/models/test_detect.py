from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.ldm_layout import Layout, layout_shapes
from velatura.errors import BrokenModel, UnsupportedModel
from velatura.models.detect import detect, detect_vae
from velatura.models.parts import read_parts
from velatura.models.sidecar import Sidecar, read_sidecar

if TYPE_CHECKING:
    from pathlib import Path

HEADS = Sidecar(text_heads=4)
SD15 = Layout(
    channels=(320, 640, 1280, 1280),
    res_blocks=(2, 2, 2, 2),
    attention=(True, True, True, False),
    context=768,
    text_layers=12,
    vae_channels=(128, 256, 512, 512),
    vae_res_blocks=2,
)


def test_the_real_sd_15_is_read_off_its_shapes() -> None:
    found = detect("sd15", layout_shapes(SD15), Sidecar())
    assert found == type(found)()


@pytest.mark.parametrize(
    "layout",
    [
        Layout(),
        Layout(channels=(96, 192, 256), res_blocks=(1, 1, 1), attention=(True, True, True)),
        Layout(
            channels=(32, 32, 64, 64), res_blocks=(1, 3, 2, 1), attention=(False, True, False, True)
        ),
        Layout(vae_channels=(32, 64, 64, 96), vae_res_blocks=2),
        Layout(channels=(64,), res_blocks=(2,), attention=(False,)),
    ],
)
def test_odd_sizes_are_read_off_names_and_shapes(layout: Layout) -> None:
    found = detect("odd", layout_shapes(layout), HEADS)
    assert found.unet.channels == layout.channels
    assert found.unet.res_blocks == layout.res_blocks
    assert found.unet.attention == layout.attention
    assert found.unet.context_width == found.text.width == layout.context
    assert found.text.layers == layout.text_layers
    assert found.vae is not None
    assert found.vae.channels == layout.vae_channels
    assert found.vae.res_blocks == layout.vae_res_blocks


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("model.diffusion_model.joint_blocks.0.x_block.attn.qkv.weight", "SD 3"),
        ("model.diffusion_model.double_blocks.0.img_attn.qkv.weight", "Flux"),
        ("conditioner.embedders.1.model.ln_final.weight", "SDXL checkpoint"),
        ("conditioner.embedders.0.model.ln_final.weight", "SDXL refiner"),
        ("cond_stage_model.model.ln_final.weight", "SD 2"),
        ("cond_stage_model.roberta.embeddings.word_embeddings.weight", "AltDiffusion"),
        ("control_model.input_hint_block.0.weight", "ControlNet"),
        ("lora_unet_down_blocks_0_attentions_0_proj_in.alpha", "a LoRA"),
        ("emb_params", "textual-inversion"),
        ("conv_first.weight", "upscaler"),
    ],
)
def test_other_families_are_refused_by_name(name: str, what: str) -> None:
    shapes = {**layout_shapes(Layout()), name: (1,)}
    with pytest.raises(UnsupportedModel, match=what):
        detect("file.safetensors", shapes, HEADS)


@pytest.mark.parametrize(
    ("channels", "what"),
    [(8, "InstructPix2Pix"), (5, "depth"), (6, "from 6 to 4 channels")],
)
def test_other_input_channels_are_refused_by_name(channels: int, what: str) -> None:
    shapes = layout_shapes(replace(Layout(), in_channels=channels))
    with pytest.raises(UnsupportedModel, match=what):
        detect("file", shapes, HEADS)


def test_inpainting_checkpoints_see_a_mask() -> None:
    plain, inpainting = (
        detect("file", layout_shapes(replace(Layout(), in_channels=channels)), HEADS).unet
        for channels in (4, 9)
    )
    assert (plain.sees_mask, inpainting.sees_mask) == (False, True)
    assert inpainting.out_channels == 4


def test_a_vae_alone_is_no_checkpoint() -> None:
    whole = layout_shapes(Layout())
    only = {n: s for n, s in whole.items() if n.startswith("first_stage_model.")}
    with pytest.raises(UnsupportedModel, match="VAE alone"):
        detect("file", only, HEADS)
    with pytest.raises(BrokenModel, match="no U-Net"):
        detect("file", {"weight": (3, 3)}, HEADS)


@pytest.mark.parametrize(
    "name",
    [
        "model.diffusion_model.time_embed.0.weight",
        "model.diffusion_model.out.2.weight",
        "model.diffusion_model.middle_block.1.transformer_blocks.0.attn2.to_k.weight",
        "first_stage_model.post_quant_conv.weight",
        "cond_stage_model.transformer.text_model.embeddings.token_embedding.weight",
    ],
)
def test_a_missing_or_bent_tensor_is_named(name: str) -> None:
    shapes = layout_shapes(Layout())
    short = name.removeprefix("model.diffusion_model.").removeprefix("first_stage_model.")
    with pytest.raises(BrokenModel, match=short.rpartition("text_model.")[2]):
        detect("file", {n: s for n, s in shapes.items() if n != name}, HEADS)
    with pytest.raises(BrokenModel, match="impossible shape"):
        detect("file", {**shapes, name: (3,)}, HEADS)


def test_blocks_that_differ_within_a_level_are_refused() -> None:
    shapes = layout_shapes(Layout(res_blocks=(2, 1)))
    other = "model.diffusion_model.input_blocks.2.1."
    with pytest.raises(UnsupportedModel, match="one U-Net level differ"):
        detect("file", {n: s for n, s in shapes.items() if not n.startswith(other)}, HEADS)


def test_channels_that_cannot_be_normalised_are_refused() -> None:
    with pytest.raises(UnsupportedModel, match="multiples of 32"):
        detect("file", layout_shapes(Layout(channels=(48, 96))), HEADS)
    with pytest.raises(UnsupportedModel, match="multiples of 32"):
        detect("file", layout_shapes(Layout(vae_channels=(16, 32))), HEADS)
    with pytest.raises(UnsupportedModel, match="layout"):
        detect_vae("file", {"encoder.down.0.attn.0.q.weight": (1,)})


def test_networks_that_do_not_fit_together_are_refused() -> None:
    shapes = layout_shapes(Layout())
    wide = layout_shapes(Layout(context=64))
    text = "cond_stage_model."
    mixed = {n: s for n, s in shapes.items() if not n.startswith(text)}
    mixed |= {n: s for n, s in wide.items() if n.startswith(text)}
    with pytest.raises(BrokenModel, match="attends to 32 features, the text model gives 64"):
        detect("file", mixed, HEADS)


def test_heads_that_cannot_be_are_explained() -> None:
    with pytest.raises(BrokenModel, match="num_attention_heads"):
        detect("file", layout_shapes(Layout()), Sidecar())


def test_sidecars_say_what_shapes_do_not(tiny_checkpoint: Path, tmp_path: Path) -> None:
    path = tmp_path / "mine.safetensors"
    path.hardlink_to(tiny_checkpoint)
    path.with_suffix(".json").write_text(
        json.dumps(
            {
                "description": "from another program",
                "vae": "soft.vae.pt",
                "velatura": {
                    "text_model": {"num_attention_heads": 8},
                    "native_size": [128, 208],
                },
            }
        )
    )
    path.with_suffix(".yaml").write_text(
        "model:\n  params:\n    parameterization: v\n    linear_start: 0.001\n"
        "    linear_end: 0.02\n    scale_factor: 0.2\n    image_size: 32\n"
        "    unet_config: {params: {num_heads: 4, context_dim: 32}}\n"
    )
    found = read_parts(path).architecture
    assert (found.text.heads, found.unet.heads) == (8, 4)
    assert (found.prediction, found.betas, found.native_size) == ("v", (0.001, 0.02), (128, 208))
    assert found.vae is not None
    assert found.vae.scale_factor == 0.2
    assert read_sidecar(path).vae == "soft.vae.pt"


def test_a_yaml_that_contradicts_the_file_is_refused(tiny_checkpoint: Path, tmp_path: Path) -> None:
    path = tmp_path / "mine.safetensors"
    path.hardlink_to(tiny_checkpoint)
    path.with_suffix(".json").write_bytes(tiny_checkpoint.with_suffix(".json").read_bytes())
    path.with_suffix(".yaml").write_text(
        "model: {params: {unet_config: {params: {context_dim: 768}}}}"
    )
    with pytest.raises(BrokenModel, match="context_dim 768, the file has 32"):
        read_parts(path)


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        (".json", "{"),
        (".json", "[1]"),
        (".json", '{"velatura": 3}'),
        (".json", '{"velatura": {"text_model": {"num_attention_heads": 0}}}'),
        (".json", '{"velatura": {"text_model": {"num_attention_heads": "4"}}}'),
        (".json", '{"velatura": {"native_size": 128}}'),
        (".json", '{"velatura": {"native_size": [128, -8]}}'),
        (".yaml", "model: {params: {parameterization: x0}}"),
        (".yaml", "model: {params: {scale_factor: much}}"),
        (".yaml", "model: ["),
        (".yaml", "a: &a {x: 1}\nmodel: {<<: [*a, *a]}"),
        (".yaml", "!!python/object/apply:os.system ['exit 1']"),
        (".yaml", "a" * 1_000_001),
    ],
)
def test_broken_sidecars_are_named(tmp_path: Path, suffix: str, text: str) -> None:
    path = tmp_path / "mine.ckpt"
    path.touch()
    path.with_suffix(suffix).write_text(text)
    with pytest.raises(BrokenModel, match=rf"mine\{suffix}: cannot be read as facts"):
        read_sidecar(path)


def test_absurdly_many_blocks_are_refused_at_once() -> None:
    blocks = (f"model.diffusion_model.input_blocks.{n}.0.op.weight" for n in range(100_000))
    shapes = {**layout_shapes(Layout()), **dict.fromkeys(blocks, (1,))}
    with pytest.raises(UnsupportedModel, match="has 100000 blocks"):
        detect("file", shapes, HEADS)
