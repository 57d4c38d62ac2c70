"""A U-Net in bfloat16 against the same one in full precision."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import torch

from tests.models.test_estimate import question
from tests.models.test_lora import kohya, merge, save, unet_weight
from tests.models.test_turns import CARD, load
from velatura.models.bfloat16 import with_bfloat16
from velatura.models.catalogue import Catalogue
from velatura.models.eight_bits import with_eight_bits
from velatura.models.layout import dense
from velatura.models.paths import PATHS, PLAIN, Path
from velatura.models.tiling import tiled
from velatura.models.turns import Turns
from velatura.models.unet import Unet
from velatura.prompts.tags import Lora

if TYPE_CHECKING:
    from pathlib import Path as FilePath

    from torch import Tensor

    from velatura.models.base import Model


pytestmark = pytest.mark.usefixtures("without_gradients")


def predicted(model: Model) -> Tensor:
    return model.predict(*question(model.width))


def on_path(model: Model, path: Path) -> Model:
    return replace(model, unet=Unet(model.unet.network, path))


def is_near(given: Tensor, other: Tensor, within: float = 0.05) -> bool:
    """Within what eight bits of mantissa leave of it, after some fifty layers."""
    return bool((given - other).std() < within * other.std())


@pytest.mark.parametrize("path", [PLAIN, PATHS["cpu, bfloat16"]], ids=["plain", "rearranged"])
def test_it_gives_nearly_what_full_precision_gives_in_the_callers_precision(
    model: Model, path: Path
) -> None:
    given = predicted(on_path(with_bfloat16(model), path))
    assert given.dtype is torch.float32
    assert is_near(given, predicted(model))
    assert not torch.equal(given, predicted(model))


def test_all_weights_of_the_unet_take_two_bytes_and_the_others_stay(model: Model) -> None:
    before = {name: weight.clone() for name, weight in model.unet.network.named_parameters()}
    small = with_bfloat16(model)
    assert {weight.dtype for weight in small.unet.network.parameters()} == {torch.bfloat16}
    assert small.networks[0] is model.networks[0]
    assert small.networks[2] is model.networks[2]
    predicted(small)
    for name, weight in model.unet.network.named_parameters():
        assert torch.equal(weight, before[name])


def test_a_lora_is_merged_before_and_rounded_with_the_rest(
    model: Model, tmp_path: FilePath
) -> None:
    merged = merge(model, [Lora("ink")], Catalogue((save(tmp_path, "ink", kohya()),)))
    predicted(merged)
    given = dense(unet_weight(with_bfloat16(merged)))
    assert torch.equal(given, dense(unet_weight(merged)).bfloat16())


def test_edges_meet_and_eight_bits_hold_weights_for_it(model: Model) -> None:
    assert is_near(predicted(tiled(with_bfloat16(model))), predicted(tiled(model)))
    both = predicted(with_eight_bits(with_bfloat16(model)))
    eight = predicted(with_eight_bits(model))
    assert is_near(both, eight, within=0.15)  # rounded twice, some weights fall to the other side
    assert not torch.equal(both, eight)


def test_it_takes_turns_like_the_one_it_came_from(tiny_checkpoint: FilePath, model: Model) -> None:
    turns = Turns(CARD, torch.clone)
    parted = with_bfloat16(load(tiny_checkpoint, turns))
    assert parted.unet.path.record is None
    assert parted.device == CARD
    assert is_near(predicted(parted), predicted(model))
