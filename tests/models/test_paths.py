from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import torch

from velatura.models.paths import PATHS, PLAIN, path_for


def test_a_network_is_compiled_only_where_the_table_says_so_and_it_is_asked_for() -> None:
    on_card = cast(
        "torch.Tensor", SimpleNamespace(device=torch.device("cuda"), dtype=torch.float16)
    )
    assert path_for(on_card) is PATHS["cuda"]
    assert path_for(on_card, compiles=True) is PATHS["cuda, compiled"]
    assert path_for(torch.zeros(1), compiles=True) is PATHS["cpu"]


def test_half_precision_on_a_processor_takes_the_plain_path() -> None:
    assert path_for(torch.zeros(1, dtype=torch.bfloat16)) is PLAIN
