"""Token ids to the features that the U-Net attends to: CLIP's text model (arXiv:2103.00020)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn.functional import embedding, scaled_dot_product_attention

from velatura.errors import RequestError
from velatura.models.layers import heads

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from velatura.models.clip_network import ClipNetwork, Layer
    from velatura.models.turns import Turns
    from velatura.prompts.encode import Injection


class ClipTextEncoder:
    """The text encoder of a model.

    Args:
        network: The CLIP text model.
        turns: Where it takes its turn to compute; None computes where it lies.

    Attributes:
        network: The CLIP text model.
        width: Features per token.
        layers: Transformer layers.
    """

    def __init__(self, network: ClipNetwork, turns: Turns | None = None) -> None:
        self.network = network
        self._turns = turns
        self.width = network.sizes.width
        self.layers = network.sizes.layers

    def on(self, network: ClipNetwork) -> ClipTextEncoder:
        """The same around other weights."""
        return ClipTextEncoder(network, self._turns)

    def encode(
        self,
        tokens: Sequence[Sequence[int]],
        injections: Sequence[Sequence[Injection]],
        clip_skip: int = 1,
    ) -> Tensor:
        """Features of ``n`` chunks, each read by itself.

        Args:
            tokens: n lists of 77 token ids, start and end included.
            injections: Per chunk, the vectors of textual-inversion embeddings; they replace the
                token rows from ``offset + 1`` on, and what reaches past the chunk is cut.
            clip_skip: 1 takes the last layer, k the k-th from the end; the final normalisation
                follows either way.

        Returns:
            (n, 77, width), in float32.

        Raises:
            RequestError: if ``clip_skip`` leaves out more layers than there are.
        """
        kept = self.layers - (clip_skip - 1)
        if kept < 0:
            raise RequestError(
                f"clip_skip: this checkpoint's text encoder has {self.layers} layers; "
                f"choose 1 to {self.layers + 1}, not {clip_skip}",
                field="clip_skip",
            )
        if self._turns:
            self._turns.bring(self.network)
        states = self._embed(tokens, injections)
        for layer in self.network.encoder.layers[:kept]:
            states = _through(layer, states)
        return self.network.final_layer_norm(states).float()

    def _embed(
        self, tokens: Sequence[Sequence[int]], injections: Sequence[Sequence[Injection]]
    ) -> Tensor:
        """Token and position features, with the injected vectors in place; (n, 77, width)."""
        embeddings = self.network.embeddings
        table = embeddings.token_embedding.weight
        ids = torch.tensor(tokens, dtype=torch.long, device=table.device)
        states = embedding(ids, table)
        length = ids.shape[1]
        for row, chunk in enumerate(injections):
            for injection in chunk:
                start = injection.offset + 1
                vectors = torch.as_tensor(injection.vectors)[: max(0, length - start)]
                states[row, start : start + len(vectors)] = vectors.to(states)
        return states + embeddings.position_embedding.weight[:length]


def _through(layer: Layer, states: Tensor) -> Tensor:
    """What a layer makes of tokens, (n, 77, width): each looks at itself and those before it."""
    attention, mlp = layer.self_attn, layer.mlp
    seen = layer.layer_norm1(states)
    queries, keys, values = (
        heads(attention.heads, project(seen))
        for project in (attention.q_proj, attention.k_proj, attention.v_proj)
    )
    found = scaled_dot_product_attention(queries, keys, values, is_causal=True)
    states = states + attention.out_proj(found.transpose(1, 2).flatten(2))
    inner = mlp.fc1(layer.layer_norm2(states))
    return states + mlp.fc2(inner * torch.sigmoid(1.702 * inner))
