"""Prompts to conditioning: what the network is guided by at each of its calls.

Every text of a prompt's table is cut into chunks, encoded chunk by chunk and weighted; the
vectors of its chunks follow one another. Weights multiply the encoder's output, after which the
mean is restored (mode "Original"): z ← z·m · mean(z) / mean(z·m), the means running over all
texts of the table, 77 tokens and all channels of one chunk index.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import TYPE_CHECKING, Final, Protocol

from velatura.prompts.chunks import CAPACITY, EMPTY_CHUNK, Chunk, EmbeddingNames, chunk_text
from velatura.prompts.compose import ComposedText, split_parts
from velatura.prompts.conditioning import Conditioning, Entry, Part
from velatura.prompts.schedule import Timeline, schedule
from velatura.records import TextOptions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from torch import Tensor

_AT_ONCE: Final = 32
"""Chunks that go through the encoder together; bounds its memory for alternating prompts."""


@dataclass(frozen=True, slots=True, eq=False)
class Injection:
    """Vectors that replace token embeddings before the transformer runs.

    Attributes:
        offset: The first token replaced, from 0, the start token not counted.
        vectors: (vectors, width); none reaches beyond the chunk.
    """

    offset: int
    vectors: Tensor


class TextEncoder(Protocol):
    """What encoding needs of a text model."""

    @property
    def width(self) -> int:
        """Channels of a token's vector."""
        ...

    def encode(
        self,
        tokens: Sequence[Sequence[int]],
        injections: Sequence[Sequence[Injection]],
        clip_skip: int,
    ) -> Tensor:
        """Hidden states after the final layer norm.

        Args:
            tokens: n chunks of 77 ids.
            injections: Per chunk, the vectors that replace token embeddings.
            clip_skip: 1 takes the last layer, k the k-th from the end.

        Returns:
            (n, 77, width).
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WordModel:
    """All that turns words into vectors.

    Attributes:
        encoder: The text encoder.
        embeddings: Textual inversions by name, (vectors, width) each.
        options: How prompts are read.
        clip_skip: Layers left out, plus one.
        padding: Id that fills a chunk after its first end id; None repeats the end id.
    """

    encoder: TextEncoder
    embeddings: Mapping[str, Tensor] = field(default_factory=dict[str, "Tensor"])
    options: TextOptions = field(default_factory=TextOptions)
    clip_skip: int = 1
    padding: int | None = None

    def embedding_names(self) -> EmbeddingNames:
        """The embeddings as the tokenizer finds them."""
        return EmbeddingNames({name: len(rows) for name, rows in self.embeddings.items()})


def encode_prompt(
    text: str, timeline: Timeline, words: WordModel, *, composable: bool
) -> Conditioning:
    """The conditioning of one prompt.

    Args:
        text: The prompt, without comments; a positive one without tags.
        timeline: The calls it is spread over; ``options.old_scheduling`` applies on top.
        words: Text encoder, embeddings and options.
        composable: Whether ``AND`` and trailing weights are read: true of positive prompts only.

    Raises:
        PromptError: if a weight is not a number.
    """
    if words.options.old_scheduling and not timeline.old:
        timeline = replace(timeline, old=True)
    whole = (ComposedText(text, 1.0, 0, weighted=False),)
    composed = split_parts(text) if composable else whole
    tables = {part.text: _encode_table(part.text, timeline, words) for part in composed}
    return Conditioning.levelled(Part(part.weight, tables[part.text]) for part in composed)


def encode_empty(words: WordModel) -> Tensor:
    """The empty prompt's encoding, (77, width): what "pad" fills the shorter prompt with."""
    (vectors,) = _encode_texts({"": 1}, words).values()
    return vectors


def _encode_table(text: str, timeline: Timeline, words: WordModel) -> tuple[Entry, ...]:
    table = schedule(text, timeline)
    counts: dict[str, int] = {}
    for entry in table:
        counts[entry.text] = counts.get(entry.text, 0) + 1
    vectors = _encode_texts(counts, words)
    return tuple(Entry(entry.until, vectors[entry.text]) for entry in table)


def _encode_texts(counts: Mapping[str, int], words: WordModel) -> dict[str, Tensor]:
    """Texts of one table to vectors, (77 · chunks, width) each, all of the same length.

    Args:
        counts: Distinct texts, each with the number of table entries that show it: an entry
            counts in the mean as often as it stands in the table.
        words: The model.
    """
    import torch

    names = words.embedding_names()
    chunked = [chunk_text(text, words.options, names).chunks for text in counts]
    columns = [
        _encode_column(column, tuple(counts.values()), words)
        for column in zip_longest(*chunked, fillvalue=EMPTY_CHUNK)
    ]
    vectors = torch.cat(columns, dim=1)  # texts (chunks 77) width
    return dict(zip(counts, vectors, strict=True))


def _encode_column(chunks: Sequence[Chunk], counts: Sequence[int], words: WordModel) -> Tensor:
    """The chunks of one index, one per text, encoded and weighted: (texts, 77, width)."""
    import torch

    if words.padding is not None:
        chunks = [chunk.padded_with(words.padding) for chunk in chunks]
    encoded = torch.cat([_encode_chunks(batch, words) for batch in _batches(chunks)])
    if words.options.emphasis == "Ignore":
        return encoded
    weights = encoded.new_tensor([chunk.weights for chunk in chunks])
    weighted = encoded * weights[:, :, None]
    if words.options.emphasis == "No norm":
        return weighted
    return weighted * (_mean(encoded, counts) / _mean(weighted, counts))


def _batches(chunks: Sequence[Chunk]) -> Iterator[Sequence[Chunk]]:
    for start in range(0, len(chunks), _AT_ONCE):
        yield chunks[start : start + _AT_ONCE]


def _encode_chunks(chunks: Sequence[Chunk], words: WordModel) -> Tensor:
    tokens = [chunk.tokens for chunk in chunks]
    injections = [
        [
            Injection(use.offset, words.embeddings[use.name][: CAPACITY - use.offset])
            for use in chunk.embeddings
        ]
        for chunk in chunks
    ]
    return words.encoder.encode(tokens, injections, words.clip_skip)


def _mean(vectors: Tensor, counts: Sequence[int]) -> Tensor:
    """Mean over texts, tokens and channels, each text taken as often as it counts."""
    per_text = vectors.float().mean(dim=(1, 2))
    weights = per_text.new_tensor(counts)
    return (per_text * weights).sum() / weights.sum()
