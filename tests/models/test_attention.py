from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from torch.nn.functional import scaled_dot_product_attention

from velatura.models.attention import blocked_attention, has_slow_products

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor


def tokens(count: int, seed: int) -> Tensor:
    """Such as the network hands over: heads beside one another in memory, (2 3 count 8)."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(2, count, 3, 8, generator=generator).transpose(1, 2)


@pytest.mark.parametrize("scores", [1, 70, 2**20], ids=["queries alone", "ragged", "one block"])
@pytest.mark.parametrize("length", [24, 50], ids=["fewer queries", "more queries"])
def test_blocks_give_what_attention_gives(
    monkeypatch: pytest.MonkeyPatch, scores: int, length: int
) -> None:
    monkeypatch.setattr("velatura.models.attention.MANY", 1)
    monkeypatch.setattr("velatura.models.attention.SCORES", scores)
    given = tokens(length, 1), tokens(30, 2), tokens(30, 3)
    with torch.inference_mode():
        found = blocked_attention(*given)
        expected = scaled_dot_product_attention(*given)
    torch.testing.assert_close(found, expected, atol=1e-6, rtol=1e-5)


def test_a_prompts_few_keys_are_left_to_pytorch() -> None:
    given = tokens(4, 1), tokens(77, 2), tokens(77, 3)
    assert torch.equal(blocked_attention(*given), scaled_dot_product_attention(*given))


@pytest.mark.parametrize(
    ("maker", "capability", "threads", "expected"),
    [
        ("AuthenticAMD", "AVX512", 2, True),
        ("AuthenticAMD", "AVX2", 2, False),
        ("AuthenticAMD", "AVX512", 16, False),
        ("GenuineIntel", "AVX512", 2, False),
    ],
)
def test_products_are_slow_on_wide_registers_of_other_makers(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    maker: str,
    capability: str,
    threads: int,
    *,
    expected: bool,
) -> None:
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: capability)
    monkeypatch.setattr(torch.backends.mkl, "is_available", lambda: True)
    monkeypatch.setattr(torch, "get_num_threads", lambda: threads)
    assert not has_slow_products(tmp_path)  # where nobody tells who made it
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/cpuinfo").write_text(f"processor\t: 0\nvendor_id\t: {maker}\n")
    assert has_slow_products(tmp_path) is expected
