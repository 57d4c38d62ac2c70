from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch

from tests.models.test_estimate import question
from tests.models.test_lora import kohya, merge, save
from velatura.models.base import Model, load_model
from velatura.models.catalogue import Catalogue, ModelFile
from velatura.models.eight_bits import with_eight_bits
from velatura.models.place import HOST, Place
from velatura.models.tiling import tiled
from velatura.models.turns import Turns
from velatura.prompts.tags import Lora

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor, nn

CARD = torch.device("mps")
"""Any that is in no table of paths; its memory is played by copies."""

LATENTS = torch.linspace(-1, 1, 4 * 8 * 8).reshape(4, 8, 8)
TOKENS = [[49406, 320, *[49407] * 75]]


pytestmark = pytest.mark.usefixtures("without_gradients")


@pytest.fixture
def turns() -> Turns:
    return Turns(CARD, torch.clone)


def load(path: Path, turns: Turns | None) -> Model:
    place = Place(device=CARD if turns else HOST, turns=turns)
    return load_model(ModelFile("checkpoint", path.name, path), place=place)


@pytest.fixture
def whole(tiny_checkpoint: Path) -> Model:
    return load(tiny_checkpoint, None)


@pytest.fixture
def parted(tiny_checkpoint: Path, turns: Turns) -> Model:
    return load(tiny_checkpoint, turns)


def use(model: Model) -> list[Tensor]:
    """What all three networks give, one of them between the others."""
    return [
        model.text_encoder.encode(TOKENS, [[]]),
        model.predict(*question(model.width)),
        model.autoencoder.decode(LATENTS),
        model.predict(*question(model.width)),
        model.autoencoder.encode(torch.zeros(3, 64, 64)),
    ]


def places(network: nn.Module) -> list[int]:
    return [weight.data_ptr() for weight in network.parameters()]


def test_networks_that_take_turns_give_what_they_give_together(whole: Model, parted: Model) -> None:
    for given, expected in zip(use(parted), use(whole), strict=True):
        torch.testing.assert_close(given, expected, atol=1e-4, rtol=1e-4)


def test_only_the_network_at_work_is_on_the_device(parted: Model, turns: Turns) -> None:
    at_home = [places(network) for network in parted.networks]
    parted.predict(*question(parted.width))
    moved = [
        places(network) != home for network, home in zip(parted.networks, at_home, strict=True)
    ]
    assert moved == [False, True, False]
    parted.autoencoder.decode(LATENTS)
    moved = [
        places(network) != home for network, home in zip(parted.networks, at_home, strict=True)
    ]
    assert moved == [False, False, True]
    turns.clear()
    assert [places(network) for network in parted.networks] == at_home


def test_it_computes_on_the_device_wherever_its_weights_are(parted: Model, turns: Turns) -> None:
    assert parted.device == CARD
    parted.predict(*question(parted.width))
    turns.clear()
    assert parted.device == CARD


def test_what_does_not_fit_even_alone_leaves_all_weights_at_home(tiny_checkpoint: Path) -> None:
    copied: list[Tensor] = []

    def copy(weight: Tensor) -> Tensor:
        copied.append(weight)
        if len(copied) == 5:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return weight.clone()

    model = load(tiny_checkpoint, Turns(CARD, copy))
    at_home = places(model.unet.network)
    with pytest.raises(torch.OutOfMemoryError):
        model.predict(*question(model.width))
    assert places(model.unet.network) == at_home
    assert model.predict(*question(model.width)).isfinite().all()


def test_models_made_of_one_another_take_turns_too(
    whole: Model, parted: Model, tmp_path: Path
) -> None:
    catalogue = Catalogue((save(tmp_path, "ink", kohya()),))
    given = [tiled(parted), merge(parted, [Lora("ink")], catalogue), parted]
    expected = [tiled(whole), merge(whole, [Lora("ink")], catalogue), whole]
    asked = question(parted.width)
    for one, other in zip(given, expected, strict=True):
        torch.testing.assert_close(one.predict(*asked), other.predict(*asked), atol=1e-4, rtol=1e-4)


def test_a_network_in_eight_bits_takes_its_turn_like_any_other(
    whole: Model, parted: Model, turns: Turns
) -> None:
    small = with_eight_bits(parted)
    for given, expected in zip(use(small), use(with_eight_bits(whole)), strict=True):
        torch.testing.assert_close(given, expected, atol=1e-4, rtol=1e-4)
    turns.clear()
    assert small.size_bytes < parted.size_bytes
