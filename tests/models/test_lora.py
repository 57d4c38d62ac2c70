from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from safetensors.torch import save_file

from tests.ldm_layout import Layout, layout_shapes, write_checkpoint
from velatura.errors import UnsafeModel, UnsupportedModel
from velatura.models.base import Model, load_model
from velatura.models.catalogue import Catalogue, ModelFile
from velatura.models.lora import find_lora, find_loras, lora_modules, with_loras
from velatura.models.place import Place
from velatura.prompts.tags import Lora

if TYPE_CHECKING:
    from pathlib import Path

UNET_ORIGINAL = "lora_unet_input_blocks_1_1_transformer_blocks_0_attn1_to_q"
UNET = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q"
TEXT = "lora_te_text_model_encoder_layers_0_mlp_fc1"
UNET_WEIGHT = "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.weight"
TEXT_WEIGHT = "encoder.layers.0.mlp.fc1.weight"


@pytest.fixture(scope="module")
def model(tiny_checkpoint: Path) -> Model:
    return load_model(ModelFile("checkpoint", tiny_checkpoint.name, tiny_checkpoint))


def merge(model: Model, asked: list[Lora], catalogue: Catalogue) -> Model:
    return with_loras(model, asked, find_loras(catalogue, asked))


def up_down(
    out: int, inner: int, *, rank: int = 2, seed: int = 0
) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(out, rank, generator=generator), torch.randn(
        rank, inner, generator=generator
    )


def kohya(unet: str = UNET, text: str = TEXT) -> dict[str, torch.Tensor]:
    weights: dict[str, torch.Tensor] = {}
    for module, (up, down) in ((unet, up_down(32, 32)), (text, up_down(128, 32, seed=1))):
        weights |= {f"{module}.lora_up.weight": up, f"{module}.lora_down.weight": down}
        weights[f"{module}.alpha"] = torch.tensor(1.0)
    return weights


def save(folder: Path, name: str, weights: dict[str, torch.Tensor], **metadata: str) -> ModelFile:
    path = folder / f"{name}.safetensors"
    save_file(weights, path, metadata=metadata or None)
    return ModelFile("lora", path.name, path)


def unet_weight(model: Model, name: str = UNET_WEIGHT) -> torch.Tensor:
    return model.unet.network.state_dict()[name]


def text_weight(model: Model) -> torch.Tensor:
    return model.text_encoder.network.state_dict()[TEXT_WEIGHT]


def test_text_and_unet_have_multipliers_of_their_own(model: Model, tmp_path: Path) -> None:
    catalogue = Catalogue((save(tmp_path, "ink", kohya()),))
    merged = merge(model, [Lora("ink", 0.5, 2.0)], catalogue)
    up, down = up_down(32, 32)
    torch.testing.assert_close(unet_weight(merged), unet_weight(model) + 2.0 * up @ down / 2)
    up, down = up_down(128, 32, seed=1)
    torch.testing.assert_close(text_weight(merged), text_weight(model) + 0.5 * up @ down / 2)


def test_the_model_it_came_from_stays_bit_for_bit(model: Model, tmp_path: Path) -> None:
    networks = (model.unet.network, model.text_encoder.network)
    before = [{n: w.clone() for n, w in network.state_dict().items()} for network in networks]
    catalogue = Catalogue((save(tmp_path, "ink", kohya()),))
    merged = merge(model, [Lora("ink")], catalogue)
    for network, weights in zip(networks, before, strict=True):
        assert all(torch.equal(w, weights[n]) for n, w in network.state_dict().items())
    shared = {p.data_ptr() for p in model.unet.network.parameters()}
    new = [p for p in merged.unet.network.parameters() if p.data_ptr() not in shared]
    assert len(new) == 1
    assert merged.autoencoder is model.autoencoder


def test_several_loras_add_up_in_order(model: Model, tmp_path: Path) -> None:
    files = (save(tmp_path, "one", kohya()), save(tmp_path, "two", kohya()))
    asked = [Lora("one", 1.0, 0.25), Lora("two", 1.0, 0.5), Lora("two", 1.0, 0.5)]
    merged = merge(model, asked, Catalogue(files))
    up, down = up_down(32, 32)
    torch.testing.assert_close(unet_weight(merged), unet_weight(model) + 1.25 * up @ down / 2)
    assert [use.name for use in merged.uses] == ["tiny", "one", "two"]
    assert all(len(use.hash) == 12 for use in merged.uses[1:])


def test_zero_changes_nothing(model: Model, tmp_path: Path) -> None:
    catalogue = Catalogue((save(tmp_path, "ink", kohya()),))
    merged = merge(model, [Lora("ink", 0.0, 0.0)], catalogue)
    assert merged.unet is model.unet
    assert merged.text_encoder is model.text_encoder


def test_unknown_loras_are_left_out(model: Model, tmp_path: Path) -> None:
    catalogue = Catalogue((save(tmp_path, "ink", kohya()),))
    asked = [Lora("pen"), Lora("ink"), Lora("wax"), Lora("pen")]
    assert find_loras(catalogue, asked) == {"ink": catalogue.files[0]}
    assert not torch.equal(unet_weight(merge(model, asked, catalogue)), unet_weight(model))
    assert merge(model, [Lora("pen")], catalogue) is model


@pytest.mark.parametrize(
    ("unet", "text"),
    [
        (UNET_ORIGINAL, TEXT),
        (UNET, "lora_te1_text_model_encoder_layers_0_mlp_fc1"),
    ],
)
def test_other_spellings_mean_the_same_module(
    model: Model, tmp_path: Path, unet: str, text: str
) -> None:
    files = (save(tmp_path, "ours", kohya()), save(tmp_path, "theirs", kohya(unet, text)))
    one, two = (merge(model, [Lora(f.stem)], Catalogue(files)) for f in files)
    assert torch.equal(unet_weight(one), unet_weight(two))
    assert torch.equal(text_weight(one), text_weight(two))


def test_the_spelling_of_peft_is_read(model: Model, tmp_path: Path) -> None:
    weights: dict[str, torch.Tensor] = {}
    for module, (up, down) in (
        ("unet." + UNET_WEIGHT.removesuffix(".weight"), up_down(32, 32)),
        ("text_encoder.text_model.encoder.layers.0.mlp.fc1", up_down(128, 32, seed=1)),
    ):
        weights |= {f"{module}.lora_A.weight": down, f"{module}.lora_B.weight": up}
    merged = merge(model, [Lora("p")], Catalogue((save(tmp_path, "p", weights),)))
    up, down = up_down(32, 32)
    torch.testing.assert_close(unet_weight(merged), unet_weight(model) + up @ down)
    assert not torch.equal(text_weight(merged), text_weight(model))


def test_every_original_module_name_is_known(model: Model) -> None:
    """kohya's LDM spelling of every layer of the checkpoint finds a module."""
    names = lora_modules(model)
    prefix = "model.diffusion_model."
    for name in layout_shapes(Layout()):
        if name.startswith(prefix) and name.endswith(".weight"):
            module = name.removeprefix(prefix).removesuffix(".weight").replace(".", "_")
            assert f"lora_unet_{module}" in names
    networks = (model.unet.network, model.text_encoder.network)
    weights = [name for network in networks for name, _ in network.named_parameters()]
    assert len(set(names.values())) == sum(name.endswith(".weight") for name in weights)


def test_convolutions_norms_and_biases_change_too(model: Model, tmp_path: Path) -> None:
    conv = "lora_unet_down_blocks_0_resnets_0_conv1"
    norm = "lora_unet_down_blocks_0_resnets_0_norm1"
    weights = {
        f"{conv}.lora_up.weight": torch.ones(32, 1, 1, 1),
        f"{conv}.lora_down.weight": torch.ones(1, 32, 3, 3),
        f"{conv}.diff_b": torch.ones(32),
        f"{norm}.w_norm": torch.ones(32),
        f"{norm}.b_norm": torch.full((32,), 2.0),
        "lora_unet_nowhere.diff": torch.ones(3),
    }
    catalogue = Catalogue((save(tmp_path, "all", weights),))
    merged = merge(model, [Lora("all", 9.0, 0.5)], catalogue)
    block = "down_blocks.0.resnets.0"
    for name, change in (
        ("conv1.weight", 0.5),
        ("conv1.bias", 0.5),
        ("norm1.weight", 0.5),
        ("norm1.bias", 1.0),
    ):
        before = unet_weight(model, f"{block}.{name}")
        torch.testing.assert_close(unet_weight(merged, f"{block}.{name}"), before + change)


def test_names_and_aliases(tmp_path: Path) -> None:
    files = (
        save(tmp_path, "ink-v2", kohya(), ss_output_name="ink"),
        save(tmp_path, "wax-v1", kohya(), ss_output_name="wax"),
        save(tmp_path, "wax-v2", kohya(), ss_output_name="wax"),
        save(tmp_path, "odd", kohya(), ss_output_name="none"),
    )
    (tmp_path / "broken.safetensors").write_text("hello")
    broken = ModelFile("lora", "broken.safetensors", tmp_path / "broken.safetensors")
    catalogue = Catalogue((*files, broken))
    assert find_lora(catalogue, "ink-v2") is files[0]
    assert find_lora(catalogue, "ink") is files[0]
    assert find_lora(catalogue, "wax") is None
    assert find_lora(catalogue, "none") is None
    assert find_lora(catalogue, "in") is None


def test_a_lora_for_another_model_is_refused(model: Model, tmp_path: Path) -> None:
    wide = {
        f"{UNET}.lora_up.weight": torch.zeros(640, 4),
        f"{UNET}.lora_down.weight": torch.zeros(4, 640),
    }
    foreign = {"lora_te2_text_model_encoder_layers_0_mlp_fc1.lora_up.weight": torch.zeros(1, 1)}
    files = (save(tmp_path, "wide", wide), save(tmp_path, "foreign", foreign))
    with pytest.raises(UnsupportedModel, match=r"wide\.safetensors.*made for another model"):
        merge(model, [Lora("wide")], Catalogue(files))
    with pytest.raises(UnsupportedModel, match="changes nothing that an SD"):
        merge(model, [Lora("foreign")], Catalogue(files))


def test_a_pickled_lora_is_read_safely(model: Model, tmp_path: Path) -> None:
    torch.save(kohya(), tmp_path / "old.pt")
    file = ModelFile("lora", "old.pt", tmp_path / "old.pt")
    merged = merge(model, [Lora("old")], Catalogue((file,)))
    assert not torch.equal(unet_weight(merged), unet_weight(model))
    torch.save({"x": print}, file.path)
    with pytest.raises(UnsafeModel):
        merge(model, [Lora("old")], Catalogue((file,)))


def test_half_precision_weights_are_merged_in_full(tiny_checkpoint: Path, tmp_path: Path) -> None:
    half = load_model(
        ModelFile("checkpoint", tiny_checkpoint.name, tiny_checkpoint),
        place=Place(dtype=torch.float16),
    )
    catalogue = Catalogue((save(tmp_path, "ink", kohya()),))
    merged = merge(half, [Lora("ink", 1.0, 0.3)] * 3, catalogue)
    up, down = up_down(32, 32)
    expected = (unet_weight(half).float() + 3 * 0.3 * up @ down / 2).half()
    assert unet_weight(merged).dtype is torch.float16
    torch.testing.assert_close(unet_weight(merged), expected, atol=1e-3, rtol=0)


def test_an_inpainting_checkpoint_takes_loras_for_plain_ones(tmp_path: Path) -> None:
    path = write_checkpoint(tmp_path / "paint.safetensors", Layout(in_channels=9))
    model = load_model(ModelFile("checkpoint", path.name, path))
    generator = torch.Generator().manual_seed(4)
    weights = {
        "lora_unet_conv_in.lora_down.weight": torch.randn(2, 4, 3, 3, generator=generator),
        "lora_unet_conv_in.lora_up.weight": torch.randn(32, 2, 1, 1, generator=generator),
    }
    lora = save(tmp_path, "first", weights)
    merged = merge(model, [Lora("first")], Catalogue((lora,)))
    difference = unet_weight(merged, "conv_in.weight") - unet_weight(model, "conv_in.weight")
    assert difference[:, :4].abs().max() > 0
    assert (difference[:, 4:] == 0).all()
