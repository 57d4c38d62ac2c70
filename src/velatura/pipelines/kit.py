"""What a request is painted with: networks, words and the notes about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from velatura.prompts.encode import WordModel
from velatura.upscalers import UPSCALERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

    from velatura.models.base import Model
    from velatura.records import ModelUse, Painting
    from velatura.upscalers import Upscaler


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kit:
    """Everything a pipeline needs beside the request.

    Attributes:
        model: The model of the first pass, its LoRA merged.
        hires_model: The model of the second pass; differs where its prompt names other LoRA.
        upscalers: Those of pixels that the request names, by label.
        embeddings: Textual inversions by name, (vectors, width) each.
        uses: The model files that take part, for the picture's record.
        remarks: What the maker should know, a sentence each.
    """

    model: Model
    hires_model: Model
    upscalers: Mapping[str, Upscaler] = field(default_factory=lambda: UPSCALERS)
    embeddings: Mapping[str, Tensor] = field(default_factory=dict[str, "Tensor"])
    uses: tuple[ModelUse, ...] = ()
    remarks: tuple[str, ...] = ()


def word_model(request: Painting, model: Model, embeddings: Mapping[str, Tensor]) -> WordModel:
    """What encodes a request's prompts."""
    return WordModel(
        encoder=model.text_encoder,
        embeddings=embeddings,
        options=request.text,
        clip_skip=request.clip_skip,
    )
