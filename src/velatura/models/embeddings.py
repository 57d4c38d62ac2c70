"""Textual-inversion embeddings (arXiv:2208.01618): vectors that stand for a word in prompts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import torch

from velatura.errors import BrokenModel, ModelError
from velatura.models.checkpoint import container
from velatura.models.pickle_data import Leftover
from velatura.models.safetensors_file import read_safetensors
from velatura.models.tensors import read_tensors
from velatura.models.torch_file import Tensor as SavedTensor
from velatura.models.torch_file import open_torch_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from torch import Tensor

    from velatura.models.catalogue import ModelFile
    from velatura.models.stored import StoredTensor

MAX_VECTORS = 75
"""Tokens in a chunk: more cannot be injected together."""


@dataclass(frozen=True, slots=True, eq=False)
class Embedding:
    """A word with vectors of its own.

    Attributes:
        name: The word: the file's name without extension.
        vectors: (vectors, width), float32.
        file: Where it came from.
    """

    name: str
    vectors: Tensor
    file: ModelFile


@dataclass(frozen=True, slots=True)
class Embeddings:
    """The embeddings of a folder that fit a model.

    Attributes:
        usable: By name.
        skipped: Name -> why it cannot be used with this model.
    """

    usable: Mapping[str, Embedding]
    skipped: Mapping[str, str]

    @property
    def vectors(self) -> dict[str, Tensor]:
        """Name -> (vectors, width)."""
        return {name: embedding.vectors for name, embedding in self.usable.items()}


def read_embeddings(files: Sequence[ModelFile], width: int) -> Embeddings:
    """The embeddings that fit a text encoder. Of two with one name the first counts.

    Args:
        files: Embedding files.
        width: Features per token of the text encoder.
    """
    usable: dict[str, Embedding] = {}
    skipped: dict[str, str] = {}
    for file in files:
        if file.stem in usable:
            continue
        try:
            vectors = read_embedding(file.path)
        except ModelError as error:
            skipped[file.stem] = str(error)
            continue
        if vectors.shape[1] != width:
            skipped[file.stem] = f"made for width {vectors.shape[1]}, the model has {width}"
        elif len(vectors) > MAX_VECTORS:
            skipped[file.stem] = f"has {len(vectors)} vectors, a chunk holds {MAX_VECTORS}"
        else:
            usable[file.stem] = Embedding(file.stem, vectors, file)
    return Embeddings(usable, skipped)


def read_embedding(path: Path) -> Tensor:
    """The vectors of one embedding file, (vectors, width), float32.

    Understood are the web UI's ``.pt`` (``string_to_param``), ``emb_params``, a pair for SDXL
    (``clip_l`` and ``clip_g``, joined), and files with a single tensor.

    Raises:
        BrokenModel: if there are no such vectors in it.
        UnsafeModel: if reading the file would run code.
    """
    try:
        stored = _torch(path) if container(path) == "torch" else read_safetensors(path).tensors
    except OSError as error:
        raise BrokenModel(f"{path}: cannot be read: {error.strerror}") from error
    names = next((names for names in FORMS if all(name in stored for name in names)), None)
    if names is None and len(stored) == 1:
        names = tuple(stored)
    if names is None:
        raise BrokenModel(f"{path}: not a textual-inversion embedding")
    parts = read_tensors({name: stored[name] for name in names}, dtype=torch.float32)
    rows = [parts[name][None] if parts[name].dim() == 1 else parts[name] for name in names]
    if any(row.dim() != 2 or len(row) != len(rows[0]) for row in rows):
        raise BrokenModel(f"{path}: its vectors have an impossible shape")
    return torch.cat(rows, dim=1)


def _torch(path: Path) -> dict[str, StoredTensor]:
    """The tensors of a ``torch.save`` file: those of ``string_to_param``, else all at the top."""
    file = open_torch_file(path)
    content = cast("dict[Any, Any]", file.content) if isinstance(file.content, dict) else {}
    words = content.get("string_to_param", content)
    if isinstance(words, Leftover):  # a torch ParameterDict
        state = cast("dict[Any, Any]", words.state) if isinstance(words.state, dict) else {}
        words = state.get("_parameters")
    table = cast("dict[Any, Any]", words) if isinstance(words, dict) else {}
    return {
        name: file.place(value)
        for name, value in table.items()
        if isinstance(name, str) and isinstance(value, SavedTensor)
    }


FORMS: tuple[tuple[str, ...], ...] = (("emb_params",), ("clip_l", "clip_g"))
"""Names of the tensors that make up an embedding."""
