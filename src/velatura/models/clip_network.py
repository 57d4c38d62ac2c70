"""The weights of CLIP's text model (arXiv:2103.00020), under their names in transformers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn

from velatura.models.blocks import Row

if TYPE_CHECKING:
    from velatura.models.architecture import TextArchitecture


class ClipNetwork(nn.Module):
    """The text model.

    Args:
        sizes: Its sizes.

    Attributes:
        sizes: Its sizes.
    """

    def __init__(self, sizes: TextArchitecture) -> None:
        super().__init__()
        self.sizes = sizes
        self.embeddings = Embeddings(sizes)
        self.encoder = Layers(sizes)
        self.final_layer_norm = nn.LayerNorm(sizes.width)


class Embeddings(nn.Module):
    """A row for each token, and one for each place.

    Args:
        sizes: The text model's.
    """

    def __init__(self, sizes: TextArchitecture) -> None:
        super().__init__()
        self.token_embedding = Table(sizes.vocabulary, sizes.width)
        self.position_embedding = Table(sizes.positions, sizes.width)


class Table(nn.Module):
    """Rows of features.

    Not PyTorch's own, which draws them at random: on the "meta" device, where networks are built,
    that imports all of PyTorch's compiler, which takes as long as PyTorch itself.

    Args:
        rows: How many.
        width: Features of a row.
    """

    def __init__(self, rows: int, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(rows, width))


class Layers(nn.Module):
    """The transformer's layers.

    Args:
        sizes: The text model's.
    """

    def __init__(self, sizes: TextArchitecture) -> None:
        super().__init__()
        self.layers: Row[Layer] = Row(Layer(sizes) for _ in range(sizes.layers))


class Layer(nn.Module):
    """Tokens look at those before them, then each is thought over by itself.

    Args:
        sizes: The text model's.
    """

    def __init__(self, sizes: TextArchitecture) -> None:
        super().__init__()
        self.layer_norm1 = nn.LayerNorm(sizes.width)
        self.self_attn = SelfAttention(sizes)
        self.layer_norm2 = nn.LayerNorm(sizes.width)
        self.mlp = Perceptron(sizes)


class SelfAttention(nn.Module):
    """Softmax attention.

    Args:
        sizes: The text model's.

    Attributes:
        heads: In how many parts.
    """

    def __init__(self, sizes: TextArchitecture) -> None:
        super().__init__()
        self.heads = sizes.heads
        self.q_proj = nn.Linear(sizes.width, sizes.width)
        self.k_proj = nn.Linear(sizes.width, sizes.width)
        self.v_proj = nn.Linear(sizes.width, sizes.width)
        self.out_proj = nn.Linear(sizes.width, sizes.width)


class Perceptron(nn.Module):
    """Wide, and narrow again.

    Args:
        sizes: The text model's.
    """

    def __init__(self, sizes: TextArchitecture) -> None:
        super().__init__()
        self.fc1 = nn.Linear(sizes.width, sizes.intermediate)
        self.fc2 = nn.Linear(sizes.intermediate, sizes.width)
