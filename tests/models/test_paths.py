from __future__ import annotations

import pytest
import torch

from velatura.models.paths import PATHS, PLAIN, path_for

CARD, PROCESSOR = torch.device("cuda:1"), torch.device("cpu")


def test_a_network_is_compiled_only_where_the_table_says_so_and_it_is_asked_for() -> None:
    assert path_for(CARD, torch.float16) is PATHS["cuda"]
    assert path_for(CARD, torch.float16, compiles=True) is PATHS["cuda, compiled"]
    on_processor = path_for(PROCESSOR, torch.float32)
    assert path_for(PROCESSOR, torch.float32, compiles=True) is on_processor
    assert on_processor.compile is None


@pytest.mark.parametrize("name", ["cpu", "cpu, slow products"])
def test_a_processor_attends_as_its_products_are(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(
        "velatura.models.paths.has_slow_products", lambda: name == "cpu, slow products"
    )
    assert path_for(PROCESSOR, torch.float32) is PATHS[name]


@pytest.mark.parametrize("has_arithmetic", [True, False])
def test_a_processor_computes_in_bfloat16_as_it_can(
    monkeypatch: pytest.MonkeyPatch, *, has_arithmetic: bool
) -> None:
    monkeypatch.setattr(
        torch.ops.mkldnn, "_is_mkldnn_bf16_supported", lambda: has_arithmetic, raising=False
    )
    expected = PATHS["cpu, bfloat16"] if has_arithmetic else PLAIN
    assert path_for(PROCESSOR, torch.bfloat16) is expected


def test_half_precision_on_a_processor_takes_the_plain_path() -> None:
    assert path_for(PROCESSOR, torch.float16) is PLAIN


def test_a_device_that_is_not_in_the_table_takes_the_plain_path() -> None:
    assert path_for(torch.device("mps"), torch.float16) is PLAIN
