from __future__ import annotations

from typing import Any

import pytest
import torch

from velatura.errors import UnsupportedModel
from velatura.models.lora_delta import bias_delta, weight_delta

OUT, IN, RANK = 6, 4, 2
LINEAR, CONV = (OUT, IN), (OUT, IN, 3, 3)


def random(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed + sum(shape)))


def delta(
    parameters: dict[str, torch.Tensor], shape: tuple[int, ...], **extra: Any
) -> torch.Tensor:
    change = weight_delta(parameters, random(*shape, seed=9), **extra)
    assert change is not None
    return change


def lora(*, mid: bool = False) -> dict[str, torch.Tensor]:
    if mid:
        return {
            "lora_up.weight": random(OUT, RANK, 1, 1),
            "lora_mid.weight": random(RANK, RANK, 3, 3),
            "lora_down.weight": random(RANK, IN, 1, 1),
        }
    return {"lora_up.weight": random(OUT, RANK), "lora_down.weight": random(RANK, IN)}


def test_a_linear_lora_is_up_times_down() -> None:
    p = lora()
    expected = p["lora_up.weight"] @ p["lora_down.weight"]
    torch.testing.assert_close(delta(p, LINEAR), expected)
    torch.testing.assert_close(delta(p | {"alpha": torch.tensor(1.0)}, LINEAR), expected / RANK)
    both = p | {"alpha": torch.tensor(1.0), "scale": torch.tensor(0.3)}
    torch.testing.assert_close(delta(both, LINEAR), 0.3 * expected)


def test_a_linear_lora_fits_a_one_by_one_convolution_and_back() -> None:
    flat = lora()
    square = {name: value[:, :, None, None] for name, value in flat.items()}
    assert torch.equal(delta(flat, (OUT, IN, 1, 1))[:, :, 0, 0], delta(flat, LINEAR))
    assert torch.equal(delta(square, LINEAR), delta(flat, LINEAR))


def test_a_convolution_acts_like_its_two_convolutions_in_a_row() -> None:
    p = {"lora_up.weight": random(OUT, RANK, 1, 1), "lora_down.weight": random(RANK, IN, 3, 3)}
    x = random(1, IN, 5, 5)
    one = torch.nn.functional.conv2d(x, delta(p, CONV))
    two = torch.nn.functional.conv2d(
        torch.nn.functional.conv2d(x, p["lora_down.weight"]), p["lora_up.weight"]
    )
    torch.testing.assert_close(one, two)


def test_a_convolution_with_a_core_acts_like_its_three_in_a_row() -> None:
    p = lora(mid=True)
    x = random(1, IN, 5, 5)
    conv = torch.nn.functional.conv2d
    expected = conv(conv(conv(x, p["lora_down.weight"]), p["lora_mid.weight"]), p["lora_up.weight"])
    torch.testing.assert_close(conv(x, delta(p, CONV)), expected)


def test_a_rank_keeps_the_first_components_and_the_scale() -> None:
    p = lora() | {"alpha": torch.tensor(1.0)}
    first = torch.outer(p["lora_up.weight"][:, 0], p["lora_down.weight"][0])
    torch.testing.assert_close(delta(p, LINEAR, rank=1), first / RANK)
    assert torch.equal(delta(p, LINEAR, rank=0), torch.zeros(LINEAR))
    assert torch.equal(delta(p, LINEAR, rank=99), delta(p, LINEAR))
    assert delta(lora(mid=True), CONV, rank=1).shape == CONV


def test_loha_is_a_product_of_two_matrices() -> None:
    p = {
        f"hada_w{n}_{x}": random(*s, seed=n)
        for n in (1, 2)
        for x, s in (("a", (OUT, RANK)), ("b", (RANK, IN)))
    }
    first, second = (p[f"hada_w{n}_a"] @ p[f"hada_w{n}_b"] for n in (1, 2))
    torch.testing.assert_close(delta(p, LINEAR), first * second)
    scaled = delta(p | {"alpha": torch.tensor(4.0)}, LINEAR)
    torch.testing.assert_close(scaled, first * second * 4 / RANK)


def test_loha_with_cores_for_convolutions() -> None:
    p = {}
    for n in (1, 2):
        p |= {
            f"hada_t{n}": random(RANK, RANK, 3, 3, seed=n),
            f"hada_w{n}_a": random(RANK, OUT, seed=n),
            f"hada_w{n}_b": random(RANK, IN, seed=n),
        }
    expected = torch.ones(CONV)
    for n in (1, 2):
        t, a, b = p[f"hada_t{n}"], p[f"hada_w{n}_a"], p[f"hada_w{n}_b"]
        part = torch.zeros(CONV)
        for r in range(RANK):
            for s in range(RANK):
                part += a[r][:, None, None, None] * b[s][None, :, None, None] * t[r, s]
        expected *= part
    torch.testing.assert_close(delta(p, CONV), expected)


@pytest.mark.parametrize("first_full", [True, False])
@pytest.mark.parametrize("second_full", [True, False])
def test_lokr_is_a_kronecker_product(first_full: bool, second_full: bool) -> None:
    w1, w2 = (random(2, RANK), random(RANK, 2)), (random(3, RANK), random(RANK, 2))
    p = {"lokr_w1": w1[0] @ w1[1]} if first_full else {"lokr_w1_a": w1[0], "lokr_w1_b": w1[1]}
    p |= {"lokr_w2": w2[0] @ w2[1]} if second_full else {"lokr_w2_a": w2[0], "lokr_w2_b": w2[1]}
    expected = torch.kron(w1[0] @ w1[1], w2[0] @ w2[1])
    torch.testing.assert_close(delta(p, LINEAR), expected)
    scale = 1.0 if first_full and second_full else 5 / RANK
    torch.testing.assert_close(delta(p | {"alpha": torch.tensor(5.0)}, LINEAR), scale * expected)


def test_lokr_for_convolutions() -> None:
    w1, a, b = random(2, 2), random(3, RANK), random(RANK, 2, 3, 3)
    full = (a @ b.flatten(1)).reshape(3, 2, 3, 3)
    expected = torch.stack(
        [torch.kron(w1, full[:, :, y, x]) for y in range(3) for x in range(3)], dim=-1
    ).reshape(CONV)
    p = {"lokr_w1": w1, "lokr_w2_a": a, "lokr_w2_b": b}
    torch.testing.assert_close(delta(p, CONV), expected)
    torch.testing.assert_close(delta({"lokr_w1": w1, "lokr_w2": full}, CONV), expected)
    core = {"lokr_w1": w1, "lokr_t2": random(RANK, RANK, 3, 3), "lokr_w2_a": random(RANK, 3)}
    core["lokr_w2_b"] = random(RANK, 2)
    whole = torch.einsum("rshw,ro,si->oihw", core["lokr_t2"], core["lokr_w2_a"], core["lokr_w2_b"])
    torch.testing.assert_close(delta(core, CONV), delta({"lokr_w1": w1, "lokr_w2": whole}, CONV))


@pytest.mark.parametrize("on_input", [True, False])
def test_ia3_scales_channels(on_input: bool) -> None:
    weight = random(*LINEAR, seed=9)
    numbers = random(IN if on_input else OUT)
    p = {"weight": numbers, "on_input": torch.tensor(float(on_input))}
    expected = weight * numbers if on_input else weight * numbers[:, None]
    torch.testing.assert_close(delta(p, LINEAR), expected)


def test_full_and_norm_differences_are_taken_as_they_are() -> None:
    difference = random(*CONV)
    assert torch.equal(delta({"diff": difference}, CONV), difference)
    assert torch.equal(delta({"w_norm": random(OUT), "b_norm": random(OUT)}, (OUT,)), random(OUT))
    assert bias_delta({"diff_b": torch.ones(2)}) is not None
    assert bias_delta({"b_norm": torch.ones(2)}) is not None
    assert bias_delta(lora()) is None
    assert weight_delta({"diff_b": torch.ones(OUT)}, random(*LINEAR)) is None


@pytest.mark.parametrize("shape", [LINEAR, CONV])
def test_dora_gives_every_input_channel_its_trained_length(shape: tuple[int, ...]) -> None:
    lengths = random(IN).abs() + 1
    down = random(RANK, *shape[1:])
    p = {
        "lora_up.weight": random(OUT, RANK),
        "lora_down.weight": down,
        "dora_scale": lengths.reshape(1, IN, *[1] * (len(shape) - 2)),
    }
    merged = random(*shape, seed=9) + delta(p, shape)
    found = merged.transpose(0, 1).flatten(1).norm(dim=1)
    torch.testing.assert_close(found, lengths)
    plain = random(*shape, seed=9) + (p["lora_up.weight"] @ down.flatten(1)).reshape(shape)
    cosine = torch.nn.functional.cosine_similarity(
        merged.transpose(0, 1).flatten(1), plain.transpose(0, 1).flatten(1)
    )
    torch.testing.assert_close(cosine, torch.ones(IN))


def test_dora_by_output_channel_is_told_by_its_shape() -> None:
    lengths = random(OUT).abs() + 1
    merged = random(*LINEAR, seed=9) + delta(lora() | {"dora_scale": lengths[:, None]}, LINEAR)
    torch.testing.assert_close(merged.norm(dim=1), lengths)


def test_what_is_unknown_or_does_not_fit_is_named() -> None:
    with pytest.raises(UnsupportedModel, match="oft_blocks"):
        delta({"oft_blocks": torch.zeros(2, 2, 2)}, LINEAR)
    with pytest.raises(UnsupportedModel, match=r"lora_up\.weight \(6, 2\) on a weight \(5, 4\)"):
        delta(lora(), (5, 4))
    with pytest.raises(UnsupportedModel, match="on a weight"):
        delta({"lora_up.weight": random(OUT, RANK)}, LINEAR)
