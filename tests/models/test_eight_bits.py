"""A U-Net in eight bits against the same one in full precision."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest
import torch
from torch import nn

from tests.models.test_estimate import network, question
from tests.models.test_lora import UNET_WEIGHT, kohya, merge, save, unet_weight
from velatura.models.base import Model, load_model
from velatura.models.cache import ModelCache, held_bytes
from velatura.models.catalogue import Catalogue, ModelFile
from velatura.models.eight_bits import EIGHT_BITS, with_eight_bits
from velatura.models.layout import dense
from velatura.models.networks import share_weights
from velatura.models.paths import PATHS, PLAIN, Path
from velatura.models.place import Place
from velatura.models.tiling import tiled
from velatura.models.unet import Unet
from velatura.prompts.tags import Lora

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path as FilePath

    from torch import Tensor


pytestmark = pytest.mark.usefixtures("without_gradients")


def weights(model: Model) -> dict[str, Tensor]:
    return {name: dense(weight) for name, weight in model.unet.network.named_parameters()}


def eight_bit_weights(model: Model) -> dict[str, Tensor]:
    return {name: weight for name, weight in weights(model).items() if weight.dtype is EIGHT_BITS}


def rounded_and_back(model: Model) -> Model:
    """The model with weights that eight bits hold, in its own precision and on its own path."""
    small = eight_bit_weights(with_eight_bits(model))
    precision = model.unet.network.conv_in.weight.dtype
    changed = {name: weight.to(precision).contiguous() for name, weight in small.items()}
    unet = share_weights(model.unet.network, changed)
    return replace(model, unet=Unet(unet, model.unet.path))


def predicted(model: Model, size: tuple[int, int] = (8, 8)) -> Tensor:
    return model.predict(*question(model.width, size))


@pytest.mark.parametrize("path", [PLAIN, *PATHS.values()], ids=["plain", *PATHS])
@pytest.mark.parametrize("linear_projection", [False, True], ids=["convolutions", "matrices"])
@pytest.mark.parametrize("size", [(8, 8), (5, 7)], ids=["even", "odd"])
def test_every_path_gives_what_it_gives_with_the_rounded_weights(
    model: Model, path: Path, size: tuple[int, int], *, linear_projection: bool
) -> None:
    path = replace(path, record=None, compile=None)
    whole = replace(model, unet=Unet(network(linear_projection=linear_projection), path))
    asked = question(16, size)
    given = with_eight_bits(whole).predict(*asked)
    expected = rounded_and_back(whole).predict(*asked)
    torch.testing.assert_close(given, expected, atol=1e-5, rtol=1e-5)
    assert not torch.allclose(given, whole.predict(*asked), atol=1e-3)


def test_convolutions_and_matrices_take_a_byte_a_number(model: Model) -> None:
    small = with_eight_bits(model)
    layers = {
        f"{name}.weight": layer.weight
        for name, layer in small.unet.network.named_modules()
        if isinstance(layer, nn.Conv2d | nn.Linear)
    }
    whole = {name for name, weight in layers.items() if weight.itemsize > 1}
    read_beside = ("conv_in.weight", "attn2.to_k.weight", "attn2.to_v.weight")
    assert all("time_emb" in name or name.endswith(read_beside) for name in whole)
    assert UNET_WEIGHT in layers.keys() - whole
    assert layers.keys() - whole == eight_bit_weights(small).keys()
    numbers = sum(weight.numel() for weight in eight_bit_weights(small).values())
    assert small.size_bytes == model.size_bytes - 3 * numbers


def test_what_is_not_rounded_is_shared_and_counts_once(model: Model) -> None:
    cache = ModelCache(10**9)
    cache.get("whole", lambda: model)
    small = cache.get("small", lambda: with_eight_bits(model))
    own = sum(weight.nbytes for weight in eight_bit_weights(small).values())
    assert cache.size_bytes == model.size_bytes + own
    bias = "conv_out.bias"
    assert held_bytes(weights(small)[bias]) == held_bytes(weights(model)[bias])


def test_the_model_it_came_from_stays_bit_for_bit(model: Model) -> None:
    before = {name: weight.clone() for name, weight in weights(model).items()}
    first = predicted(model)
    small = with_eight_bits(model)
    fresh = predicted(small)
    assert torch.equal(predicted(model), first)
    assert all(torch.equal(weight, before[name]) for name, weight in weights(model).items())
    assert torch.equal(predicted(small), fresh)
    assert not torch.equal(fresh, first)


def test_weights_that_painted_before_are_rounded_the_same(model: Model) -> None:
    fresh = eight_bit_weights(with_eight_bits(model))
    predicted(model)
    again = eight_bit_weights(with_eight_bits(model))
    assert all(torch.equal(weight.float(), again[name].float()) for name, weight in fresh.items())


def test_weights_beyond_the_range_become_the_largest_there_are(model: Model) -> None:
    huge = weights(model)["conv_out.weight"].clone()
    huge[0, 0, 0] = torch.tensor([1000.0, -1e6, 3.0])
    unet = Unet(share_weights(model.unet.network, {"conv_out.weight": huge}), model.unet.path)
    small = with_eight_bits(replace(model, unet=unet))
    assert weights(small)["conv_out.weight"][0, 0, 0].tolist() == [448.0, -448.0, 3.0]


def test_tiling_makes_the_edges_meet_in_eight_bits_too(model: Model) -> None:
    small = with_eight_bits(model)
    circular = tiled(small)
    given = predicted(circular)
    torch.testing.assert_close(
        given, predicted(tiled(rounded_and_back(model))), atol=1e-5, rtol=1e-5
    )
    x, t, context = question(model.width)
    rolled = circular.predict(x.roll((4, 2), dims=(2, 3)), t, context)
    torch.testing.assert_close(given.roll((4, 2), dims=(2, 3)), rolled, atol=1e-4, rtol=1e-4)
    assert not torch.allclose(given, predicted(small), atol=1e-3)
    own = {held_bytes(weight) for weight in small.unet.network.parameters()}
    assert own == {held_bytes(weight) for weight in circular.unet.network.parameters()}


def test_a_lora_is_merged_before_and_rounded_with_the_rest(
    model: Model, tmp_path: FilePath
) -> None:
    catalogue = Catalogue((save(tmp_path, "ink", kohya()),))
    merged = merge(model, [Lora("ink")], catalogue)
    small = with_eight_bits(merged)
    expected = unet_weight(merged).to(EIGHT_BITS).float()
    assert torch.equal(unet_weight(small).float(), expected)
    assert not torch.equal(expected, unet_weight(with_eight_bits(model)).float())
    torch.testing.assert_close(
        predicted(small), predicted(rounded_and_back(merged)), atol=1e-5, rtol=1e-5
    )


def test_half_precision_computes_in_half_precision(tiny_checkpoint: FilePath) -> None:
    file = ModelFile("checkpoint", tiny_checkpoint.name, tiny_checkpoint)
    half = load_model(file, place=Place(dtype=torch.bfloat16))
    given = predicted(with_eight_bits(half))
    torch.testing.assert_close(given, predicted(rounded_and_back(half)), atol=0.05, rtol=0.05)


@pytest.mark.slow
def test_one_compiled_walk_serves_all_sizes_in_eight_bits(model: Model) -> None:
    graphs: list[torch.fx.GraphModule] = []

    def backend(graph: torch.fx.GraphModule, _: list[Tensor]) -> Callable[..., object]:
        graphs.append(graph)
        return graph.forward

    compiling = partial(torch.compile, dynamic=True, fullgraph=True, backend=backend)
    walked = with_eight_bits(replace(model, unet=Unet(network(), PLAIN)))
    compiled = with_eight_bits(
        replace(model, unet=Unet(network(), replace(PLAIN, compile=compiling)))
    )
    for size in ((16, 24), (24, 16)):
        asked = question(16, size)
        given, expected = compiled.predict(*asked), walked.predict(*asked)
        torch.testing.assert_close(given, expected, atol=1e-4, rtol=1e-4)
    assert len(graphs) == 1
