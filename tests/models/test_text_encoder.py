"""Features of tokens, against transformers' text model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch

from benchmarks import peers
from velatura.errors import RequestError

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


def test_a_token_knows_only_what_stands_before_it(model: Model, tokens: list[list[int]]) -> None:
    before = model.text_encoder.encode(tokens, NOTHING)
    tokens[0][40] = (tokens[0][40] + 1) % model.architecture.text.vocabulary
    after = model.text_encoder.encode(tokens, NOTHING)
    torch.testing.assert_close(after[0, :40], before[0, :40])
    torch.testing.assert_close(after[1], before[1])
    assert not torch.allclose(after[0, 40], before[0, 40])
    assert not torch.allclose(after[0, 76], before[0, 76])


def test_more_layers_than_there_are_cannot_be_skipped(
    model: Model, tokens: list[list[int]]
) -> None:
    with pytest.raises(RequestError, match="has 2 layers; choose 1 to 3, not 4"):
        model.text_encoder.encode(tokens, NOTHING, clip_skip=4)
