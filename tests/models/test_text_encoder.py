"""Features of tokens, against transformers' text model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch

from benchmarks import peers

if TYPE_CHECKING:
    from velatura.models.base import Model

pytestmark = pytest.mark.usefixtures("without_gradients")

NOTHING = ((), ())


@pytest.fixture
def tokens(model: Model) -> list[list[int]]:
    generator = torch.Generator().manual_seed(5)
    count = model.architecture.text.vocabulary
    return torch.randint(0, count, (2, 77), generator=generator).tolist()


@pytest.mark.parametrize("clip_skip", [1, 2, 3])
def test_every_layer_gives_what_transformers_gives(
    model: Model, tokens: list[list[int]], clip_skip: int
) -> None:
    peer = peers.text_model(model.text_encoder.network)
    states = peer(torch.tensor(tokens), output_hidden_states=True).hidden_states
    expected = peer.final_layer_norm(states[-clip_skip])
    found = model.text_encoder.encode(tokens, NOTHING, clip_skip)
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-5)
