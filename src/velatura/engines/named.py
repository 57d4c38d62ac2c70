"""The model files that a painting request names in its prompts and settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from velatura.prompts.chunks import EmbeddingNames, chunk_text
from velatura.prompts.tags import cut_tags, find_tags, loras
from velatura.records import Img2Img, hires_of
from velatura.upscalers import LATENT_UPSCALERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from velatura.prompts.tags import Lora
    from velatura.records import Painting


def named_loras(request: Painting) -> tuple[tuple[Lora, ...], tuple[Lora, ...]]:
    """The LoRA of the first and of the second pass: the same, unless that has its own prompt."""
    first = loras(find_tags(request.prompt))
    hires = hires_of(request)
    if not (hires and hires.prompt):
        return first, first
    return first, loras(find_tags(hires.prompt))


def named_upscalers(request: Painting) -> tuple[str, ...]:
    """The upscaler of pixels that the request names, if it names one."""
    hires = hires_of(request)
    name = hires.upscaler if hires else request.upscaler if isinstance(request, Img2Img) else ""
    return () if name in ("", *LATENT_UPSCALERS) else (name,)


def named_embeddings(request: Painting, lengths: Mapping[str, int]) -> tuple[str, ...]:
    """The embeddings that the request's prompts name.

    Args:
        request: A complete request.
        lengths: Vectors of each embedding there is, by name.
    """
    names = EmbeddingNames(lengths)
    texts = [cut_tags(request.prompt), request.negative_prompt]
    if hires := hires_of(request):
        texts += [cut_tags(hires.prompt), hires.negative_prompt]
    chunks = (chunk for text in texts for chunk in chunk_text(text, request.text, names).chunks)
    return tuple(dict.fromkeys(use.name for chunk in chunks for use in chunk.embeddings))
