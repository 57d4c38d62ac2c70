"""The walk through the U-Net against diffusers' network."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
import torch

from benchmarks import peers
from tests.models.test_lora import kohya, merge, save
from training.doubling import use_doubling
from velatura.errors import OutOfMemory
from velatura.models.architecture import UnetArchitecture
from velatura.models.base import Model, load_model
from velatura.models.cache import ModelCache
from velatura.models.catalogue import Catalogue, ModelFile
from velatura.models.deep_cache import Kept
from velatura.models.estimate import Estimate, estimate, read_text, read_time
from velatura.models.layout import dense
from velatura.models.paths import PATHS, PLAIN, Path
from velatura.models.tiling import tiled
from velatura.models.unet import Unet
from velatura.models.unet_network import UnetNetwork
from velatura.prompts.tags import Lora

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path as FilePath

    from torch import Tensor

SIZES = UnetArchitecture(
    channels=(32, 64), res_blocks=(1, 1), attention=(True, False), depth=(1, 1), context_width=16
)
KINDS = {"convolutions around transformers": False, "matrices around transformers": True}


pytestmark = pytest.mark.usefixtures("without_gradients")


def network(
    *, linear_projection: bool = False, attention: tuple[bool, ...] = SIZES.attention
) -> UnetNetwork:
    sizes = replace(SIZES, linear_projection=linear_projection, attention=attention)
    generator = torch.Generator().manual_seed(3)
    made = UnetNetwork(sizes)
    for parameter in made.parameters():
        scale = parameter[0].numel() ** -0.5
        parameter.copy_(torch.randn(parameter.shape, generator=generator) * scale)
    return made.eval().requires_grad_(False)


def question(width: int, size: tuple[int, int] = (8, 8)) -> tuple[Tensor, Tensor, Tensor]:
    """Latents, times and contexts of two rows."""
    generator = torch.Generator().manual_seed(1)
    x = torch.randn(2, 4, *size, generator=generator)
    return x, torch.tensor([17.5, 900.0]), torch.randn(2, 77, width, generator=generator)


def by_diffusers(unet: UnetNetwork, x: Tensor, t: Tensor, context: Tensor) -> Tensor:
    peer = peers.unet(unet)
    use_doubling(peer)
    return peer(x, t, encoder_hidden_states=context, return_dict=False)[0]


@pytest.mark.parametrize("path", [PLAIN, *PATHS.values()], ids=["plain", *PATHS])
@pytest.mark.parametrize("linear_projection", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("size", [(8, 8), (5, 7)], ids=["even", "odd"])
def test_every_path_gives_what_diffusers_gives(
    path: Path, size: tuple[int, int], *, linear_projection: bool
) -> None:
    unet = network(linear_projection=linear_projection)
    x, t, context = question(16, size)
    expected = by_diffusers(unet, x, t, context)
    given = estimate(unet, x, read_time(unet, t), read_text(unet, context), path)
    torch.testing.assert_close(given.predicted, expected, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("path", [PLAIN, *PATHS.values()], ids=["plain", *PATHS])
@pytest.mark.parametrize("attention", [(True, False), (False, True)], ids=["outermost", "inner"])
def test_an_estimate_that_begins_with_its_own_features_is_the_same(
    path: Path, attention: tuple[bool, bool]
) -> None:
    unet = network(attention=attention)
    x, t, context = question(16)
    asked = x, read_time(unet, t), read_text(unet, context), path
    whole = estimate(unet, *asked)
    again = estimate(unet, *asked, inner=whole.inner)
    torch.testing.assert_close(again.predicted, whole.predicted, atol=1e-6, rtol=1e-5)
    other = estimate(unet, *asked, inner=whole.inner * 0.5)
    assert not torch.allclose(other.predicted, whole.predicted, atol=1e-3)


def test_features_are_kept_and_used_in_the_next_call(model: Model) -> None:
    asked, later = question(model.width), question(model.width)
    later[1].fill_(400.0)
    kept = Kept()
    first = model.unet.predict(*asked, kept)
    assert torch.equal(first, model.predict(*asked))
    inner = kept.inner
    assert inner is not None
    close, exact = model.unet.predict(*later, kept), model.predict(*later)
    assert kept.inner is not None
    assert torch.equal(kept.inner, inner)
    assert not torch.equal(close, exact)
    one = tuple(given[:1] for given in later)
    alone = model.predict(*one)
    assert torch.equal(model.unet.predict(*one, kept), alone)  # of two rows: they do not fit


def test_a_prompt_and_a_time_are_read_once(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def counted(what: str, function: object) -> object:
        return lambda *given: (read.append(what), function(*given))[1]  # type: ignore[operator]

    for name, function in (("read_text", read_text), ("read_time", read_time)):
        monkeypatch.setattr(f"velatura.models.unet.{name}", counted(name, function))
    x, t, context = question(model.width)
    first = model.predict(x, t, context)
    assert torch.equal(model.predict(x, t.clone(), context), first)
    assert sorted(read) == ["read_text", "read_time"]
    other = model.predict(x, t, context.flip(0))
    assert not torch.equal(other, first)
    assert sorted(read) == ["read_text", "read_text", "read_time"]


def test_a_time_that_all_rows_share_is_read_for_one(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    x, _, context = question(model.width)
    same = torch.full((2,), 500.0)
    expected = by_diffusers(model.unet.network, x, same, context)
    rows: list[int] = []
    monkeypatch.setattr(
        "velatura.models.unet.read_time",
        lambda unet, t: (rows.append(len(t)), read_time(unet, t))[1],
    )
    given = model.predict(x, same, context)
    torch.testing.assert_close(given, expected, atol=1e-5, rtol=1e-5)
    assert rows == [1]


def test_a_processor_computes_in_its_kernels_layout(model: Model) -> None:
    unet = model.unet.network
    before = {name: weight.clone() for name, weight in unet.named_parameters()}
    model.predict(*question(model.width))
    weights = dict(unet.named_parameters())
    assert weights["conv_in.weight"].is_mkldnn
    assert weights["down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.weight"].is_mkldnn
    assert all(torch.equal(dense(weight), before[name]) for name, weight in weights.items())


@pytest.fixture
def rearranged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A word for each weight that is rearranged from here on."""
    words: list[str] = []

    def count(kind: str) -> None:
        kernel = getattr(torch.ops.mkldnn, f"_reorder_{kind}_weight")

        def counted(*given: object) -> Tensor:
            words.append(kind)
            return kernel(*given)

        monkeypatch.setattr(torch.ops.mkldnn, f"_reorder_{kind}_weight", counted)

    count("convolution")
    count("linear")
    return words


def test_transformed_weights_are_kept_until_it_rests(
    model: Model, rearranged: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = question(model.width, (16, 16))
    straight = model.predict(*asked)
    monkeypatch.setattr("velatura.models.winograd.LEAST_CHANNELS", 32)
    monkeypatch.setattr("velatura.models.winograd.LEAST_PIXELS", 256)
    first = model.predict(*asked)
    assert not torch.equal(first, straight)
    torch.testing.assert_close(first, straight, atol=1e-5, rtol=1e-5)
    rearranged.clear()
    assert torch.equal(model.predict(*asked), first)
    assert not rearranged
    model.unet.rest()
    assert torch.equal(model.predict(*asked), first)
    assert set(rearranged) == {"linear"}


def test_weights_lie_as_the_picture_at_hand_wants_them(model: Model, rearranged: list[str]) -> None:
    small, wide = question(model.width), question(model.width, (8, 16))
    first = model.predict(*small)
    model.predict(*wide)
    model.predict(*wide)
    rearranged.clear()
    model.predict(*wide)
    assert not rearranged
    assert torch.equal(model.predict(*small), first)
    assert "convolution" in rearranged


def test_weights_stay_where_numbers_of_rows_take_turns(model: Model, rearranged: list[str]) -> None:
    two = question(model.width)
    one = (two[0][:1], two[1][:1], two[2][:1])
    alone = model.predict(*one)
    both = model.predict(*two)
    rearranged.clear()
    for _ in range(3):
        assert torch.equal(model.predict(*one), alone)
        assert torch.equal(model.predict(*two), both)
    assert not rearranged
    model.predict(*two)
    assert set(rearranged) == {"convolution", "linear"}


def test_rows_for_which_memory_is_short_are_asked_one_by_one(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = question(model.width)
    together = model.predict(*asked)
    monkeypatch.setattr("velatura.models.unet.parts_that_fit", lambda *_: 1)
    torch.testing.assert_close(model.predict(*asked), together, atol=1e-5, rtol=1e-5)


def test_a_picture_for_which_there_is_no_memory_is_refused(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("velatura.models.unet.parts_that_fit", lambda *_: 0)
    with pytest.raises(OutOfMemory, match=r"64×64 takes about .* GB; try a smaller size"):
        model.predict(*question(model.width))


def test_rows_that_do_not_fit_after_all_are_halved(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts: list[int] = []

    def short(unet: UnetNetwork, x: Tensor, *rest: object) -> Estimate:
        counts.append(len(x))
        if len(x) > most:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return estimate(unet, x, *rest)  # type: ignore[arg-type]

    asked = question(model.width)
    together = model.predict(*asked)
    monkeypatch.setattr("velatura.models.estimate.estimate", short)
    most = 1
    torch.testing.assert_close(model.predict(*asked), together, atol=1e-5, rtol=1e-5)
    assert counts == [2, 1, 1]
    most = 0
    with pytest.raises(torch.OutOfMemoryError):
        model.predict(*asked)


@pytest.mark.slow
def test_one_compiled_walk_serves_all_sizes_in_cells_of_64_pixels_and_gives_the_same() -> None:
    graphs: list[torch.fx.GraphModule] = []

    def backend(graph: torch.fx.GraphModule, _: list[Tensor]) -> Callable[..., Any]:
        graphs.append(graph)
        return graph.forward

    compiling = partial(torch.compile, dynamic=True, fullgraph=True, backend=backend)
    compiled = Unet(network(), replace(PLAIN, compile=compiling))
    walked = Unet(network(), PLAIN)
    for size in ((16, 24), (24, 16), (24, 40)):
        asked = question(16, size)
        given, expected = compiled.predict(*asked), walked.predict(*asked)
        torch.testing.assert_close(given, expected, atol=1e-4, rtol=1e-4)
    assert len(graphs) == 1


def test_weights_count_once_in_either_layout(model: Model) -> None:
    cache = ModelCache(10**9)
    cache.get("a", lambda: model)
    before = cache.size_bytes
    model.predict(*question(model.width))
    cache.get("tiled", lambda: tiled(model))
    assert cache.size_bytes == before == model.size_bytes


def test_a_lora_is_the_same_on_a_model_that_has_painted(
    model: Model, tiny_checkpoint: FilePath, tmp_path: FilePath
) -> None:
    catalogue = Catalogue((save(tmp_path, "ink", kohya()),))
    asked = question(model.width)
    bare = model.predict(*asked)
    fresh = load_model(ModelFile("checkpoint", tiny_checkpoint.name, tiny_checkpoint))
    painted = merge(model, [Lora("ink")], catalogue).predict(*asked)
    assert torch.equal(painted, merge(fresh, [Lora("ink")], catalogue).predict(*asked))
    assert not torch.equal(painted, bare)
    assert torch.equal(model.predict(*asked), bare)
