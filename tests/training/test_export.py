"""The single file: every weight has a place, and what was folded gives the same pictures."""

import pytest
import torch
from safetensors.torch import save_file

from training.export import single_file
from training.ldm_names import text_names, unet_names
from training.networks import build_autoencoder, build_text_model, build_unet
from training.recipe import AutoencoderRecipe, TextRecipe, UnetRecipe
from training.scale import SCALE_FACTOR, fold_scale
from training.start import TOKEN_TABLE, start_autoencoder, start_token_table, take
from velatura.models.coding import decode, encode
from velatura.models.estimate import estimate, read_text, read_time
from velatura.models.networks import build_text_model as load_text_model
from velatura.models.networks import build_unet as load_unet
from velatura.models.networks import build_vae as load_vae
from velatura.models.parts import read_parts
from velatura.models.paths import PLAIN
from velatura.models.tensors import read_tensors
from velatura.models.text_encoder import ClipTextEncoder

AUTOENCODER = AutoencoderRecipe(
    channels=(32, 32, 64, 64), layers_per_block=1, pool=1, crop=32, batch=1, steps_alone=1,
    learning_rate=1e-3, kl_weight=0.0, stay_weight=0.0, square_weight=0.0,
    gradient_weight=1.0, colour_weight=0.0, minutes=1.0,
)  # fmt: skip
UNET = UnetRecipe(
    channels=(32, 64, 64), layers_per_block=1, attention=(False, True, False), heads=8
)
TEXT = TextRecipe(width=24, layers=2, heads=12)
MEAN, STD = torch.tensor([0.5, -0.3, 1.0, 2.0]), torch.tensor([2.0, 1.5, 3.0, 0.7])


@pytest.fixture
def networks():
    with torch.random.fork_rng():
        torch.manual_seed(3)
        made = (build_text_model(TEXT), build_unet(UNET, 24, 16), build_autoencoder(AUTOENCODER))
        return [network.eval() for network in made]


def half(network: torch.nn.Module) -> dict[str, torch.Tensor]:
    """The weights as the file holds them: rounded to half precision."""
    return {name: value.half().float() for name, value in network.state_dict().items()}


@pytest.fixture
def parts(networks, tmp_path):
    text, unet, autoencoder = networks
    folded = fold_scale(autoencoder.state_dict(), MEAN, STD)
    weights = single_file(text.state_dict(), unet.state_dict(), folded)
    save_file(weights, tmp_path / "tiny.safetensors")
    for network in (text, unet):
        network.load_state_dict(half(network))
    return read_parts(tmp_path / "tiny.safetensors")


@torch.inference_mode()
def test_the_denoiser_comes_back_the_same(networks, parts):
    unet = load_unet(
        parts.source, parts.architecture.unet, read_tensors(parts.unet, dtype=torch.float32)
    )
    x, words = torch.randn(2, 4, 16, 26), torch.randn(2, 77, 24)
    times = torch.tensor([10, 900])
    ours = networks[1](x, times, encoder_hidden_states=words).sample
    theirs = estimate(unet, x, read_time(unet, times), read_text(unet, words), PLAIN).predicted
    torch.testing.assert_close(theirs, ours, atol=1e-5, rtol=1e-4)


@torch.inference_mode()
def test_the_text_model_comes_back_the_same(networks, parts):
    text = load_text_model(
        parts.source, parts.architecture.text, read_tensors(parts.text, dtype=torch.float32)
    )
    tokens = torch.randint(0, 49408, (2, 77))
    ours = networks[0](input_ids=tokens).last_hidden_state
    theirs = ClipTextEncoder(text).encode(tokens.tolist(), [[], []])
    torch.testing.assert_close(theirs, ours, atol=1e-5, rtol=1e-4)


@torch.inference_mode()
def test_the_folded_autoencoder_gives_scaled_latents_and_the_same_pictures(networks, parts):
    assert parts.architecture.vae is not None
    vae = load_vae(
        parts.source, parts.architecture.vae, read_tensors(parts.vae, dtype=torch.float32)
    )
    picture = torch.rand(1, 3, 32, 48) * 2 - 1
    before = networks[2].encode(picture).latent_dist.mode()
    after = encode(vae, picture, PLAIN)
    unit = (before - MEAN[:, None, None]) / STD[:, None, None]
    torch.testing.assert_close(after * SCALE_FACTOR, unit, atol=2e-2, rtol=2e-2)
    torch.testing.assert_close(
        decode(vae, after, PLAIN), networks[2].decode(before).sample, atol=2e-2, rtol=2e-2
    )


def test_every_weight_has_a_place_of_its_own(networks):
    text, unet, autoencoder = (network.state_dict() for network in networks)
    weights = single_file(text, unet, autoencoder)
    assert len(weights) == len(text) + len(unet) + len(autoencoder)


def test_a_training_starts_from_what_was_exported(networks):
    text, unet, _ = networks
    states = [network.state_dict() for network in networks]
    file = single_file(states[0], states[1], fold_scale(states[2], MEAN, STD))
    weights = {name: tensor.float() for name, tensor in file.items()}
    torch.testing.assert_close(start_token_table(weights), half(text)[TOKEN_TABLE])
    assert take(text, weights, text_names).keys() == states[0].keys() - {TOKEN_TABLE}
    taken = take(unet, weights, unet_names)
    assert all(torch.equal(taken[name], tensor) for name, tensor in half(unet).items())


@torch.inference_mode()
def test_the_autoencoder_that_is_started_from_gives_latents_of_unit_variance(networks):
    autoencoder = networks[2]
    picture = torch.rand(1, 3, 32, 48) * 2 - 1
    before = autoencoder.encode(picture).latent_dist.mode()
    folded = fold_scale(autoencoder.state_dict(), MEAN, STD)
    weights = single_file(networks[0].state_dict(), networks[1].state_dict(), folded)
    start_autoencoder(autoencoder, {name: tensor.float() for name, tensor in weights.items()})
    unit = (before - MEAN[:, None, None]) / STD[:, None, None]
    after = autoencoder.encode(picture).latent_dist.mode()
    torch.testing.assert_close(after, unit, atol=2e-2, rtol=2e-2)
