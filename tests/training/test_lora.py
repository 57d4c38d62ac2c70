"""The LoRA: what it begins as, what it becomes in a file, and what its pictures look like."""

import random

import numpy as np
import pytest
import torch

from training.captions import Scene
from training.lora import LowRank, as_blueprint, attach, kohya_file, say_blueprint
from training.networks import build_unet
from training.recipe import UnetRecipe
from velatura.models.lora_delta import weight_delta

UNET = UnetRecipe(
    channels=(32, 64, 64), layers_per_block=1, attention=(False, True, False), heads=8
)


@pytest.fixture
def unet() -> torch.nn.Module:
    with torch.random.fork_rng():
        torch.manual_seed(3)
        return build_unet(UNET, 24, 16).eval()


def paint(unet: torch.nn.Module) -> torch.Tensor:
    generator = torch.Generator().manual_seed(1)
    x, words = (torch.randn(*shape, generator=generator) for shape in ((1, 4, 8, 8), (1, 77, 24)))
    with torch.inference_mode():
        return unet(x, torch.tensor([500]), encoder_hidden_states=words).sample


def fill(parts: dict[str, LowRank]) -> None:
    """Give the parts weights as if they had learned something."""
    generator = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for part in parts.values():
            for weight in part.parameters():
                weight.copy_(0.1 * torch.randn(weight.shape, generator=generator))


def test_before_it_is_trained_it_changes_nothing(unet: torch.nn.Module):
    before = paint(unet)
    assert attach(unet, rank=4)
    assert torch.equal(paint(unet), before)


def test_its_file_merged_into_the_weights_does_what_the_training_saw(unet: torch.nn.Module):
    parts = attach(unet, rank=4)
    fill(parts)
    seen = paint(unet)
    file = kohya_file(parts, rank=4)
    with torch.random.fork_rng():
        torch.manual_seed(3)
        plain = build_unet(UNET, 24, 16).eval()
    for name, module in plain.named_modules():
        own = f"lora_unet_{name.replace('.', '_')}."
        parameters = {k.removeprefix(own): v.float() for k, v in file.items() if k.startswith(own)}
        if parameters:
            weight = module.get_parameter("weight")
            delta = weight_delta(parameters, weight.detach())
            assert delta is not None
            weight.data += delta
    torch.testing.assert_close(paint(plain), seen, atol=5e-3, rtol=5e-3)


def test_a_blueprint_is_white_on_blue():
    drawing = np.full((1, 32, 32, 3), 255, np.uint8)
    drawing[0, 8:12] = 25
    printed = as_blueprint(drawing)[0].astype(int)
    assert printed[10, 20].min() > 230
    red, green, blue = printed[5, 5]
    assert blue > 2 * green > 2 * red


def test_most_captions_say_blueprint():
    scene = Scene(style="line", subject="cat")
    rng = random.Random(1)
    said = ["blueprint" in say_blueprint(scene, rng) for _ in range(200)]
    assert 0.55 < sum(said) / len(said) < 0.85
