"""Weighted text to chunks of 75 tokens, which is what the text encoder can read at a time.

A chunk is 77 ids long: start, 75 tokens, end. A chunk that overflows is broken after its last
comma, if that is near enough. Names of embeddings are found among the tokens and stand for as
many tokens as the embedding has vectors.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from velatura.prompts.emphasis import Segment, emphasise
from velatura.prompts.tokenizer import COMMA, END, START, clip_tokenizer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from velatura.records import TextOptions

CAPACITY: Final = 75
LENGTH: Final = CAPACITY + 2


@dataclass(frozen=True, slots=True)
class EmbeddingUse:
    """An embedding in a chunk.

    Attributes:
        offset: Its first token, from 0, the start token not counted.
        name: Its name.
    """

    offset: int
    name: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """What the text encoder reads at a time.

    Attributes:
        tokens: 77 ids.
        weights: 77 weights.
        used: Tokens that are text, from 0 to 75.
        embeddings: Embeddings whose vectors replace the placeholder ids 0.
    """

    tokens: tuple[int, ...]
    weights: tuple[float, ...]
    used: int = 0
    embeddings: tuple[EmbeddingUse, ...] = ()

    def padded_with(self, padding: int) -> Chunk:
        """The chunk with every id after its first end id replaced, as OpenCLIP models want it."""
        first = self.tokens.index(END) + 1
        tokens = self.tokens[:first] + (padding,) * (LENGTH - first)
        return Chunk(tokens, self.weights, self.used, self.embeddings)


EMPTY_CHUNK: Final = Chunk((START, *[END] * (LENGTH - 1)), (1.0,) * LENGTH)


@dataclass(frozen=True, slots=True)
class Chunks:
    """A text in chunks; at least one.

    Attributes:
        chunks: The chunks.
        count: Tokens used: 75 for every chunk but the last, of which those that are text.
    """

    chunks: tuple[Chunk, ...]
    count: int


class EmbeddingNames:
    """Embeddings by the token ids of their names.

    Args:
        vectors: Number of vectors by name.
    """

    def __init__(self, vectors: Mapping[str, int] | None = None) -> None:
        tokenizer = clip_tokenizer()
        self._by_first: dict[int, list[tuple[tuple[int, ...], str, int]]] = {}
        for name, count in (vectors or {}).items():
            if ids := tokenizer.ids(name):
                self._by_first.setdefault(ids[0], []).append((ids, name, count))
        for entries in self._by_first.values():
            entries.sort(key=lambda entry: -len(entry[0]))

    def at(self, tokens: Sequence[int], index: int) -> tuple[str, int, int] | None:
        """The embedding named at an index, longest name first: (name, its tokens, its vectors)."""
        for ids, name, vectors in self._by_first.get(tokens[index], ()):
            if tuple(tokens[index : index + len(ids)]) == ids:
                return name, len(ids), vectors
        return None


def chunk_text(text: str, options: TextOptions, names: EmbeddingNames) -> Chunks:
    """A text in chunks, read as the options say.

    Raises:
        PromptError: if a weight is not a number.
    """
    if options.old_emphasis:
        return _chunk_old(text, names)
    if options.emphasis == "None":
        return chunk_segments((Segment(text, 1.0),), names, options.comma_backtrack)
    segments = emphasise(text)
    if options.emphasis == "Ignore":
        segments = tuple(
            segment if segment.is_break else Segment(segment.text, 1.0) for segment in segments
        )
    return chunk_segments(segments, names, options.comma_backtrack)


def chunk_segments(
    segments: Sequence[Segment], names: EmbeddingNames, backtrack: int = 20
) -> Chunks:
    """Segments in chunks. Each is tokenised by itself, so a change of weight ends a word."""
    tokenizer = clip_tokenizer()
    builder = _Builder(backtrack)
    for segment in segments:
        if segment.is_break:
            builder.flush()
            continue
        tokens = tokenizer.ids(segment.text)
        index = 0
        while index < len(tokens):
            builder.make_room(tokens[index])
            found = names.at(tokens, index)
            if found is None:
                builder.append(tokens[index], segment.weight)
                index += 1
            else:
                name, length, vectors = found
                builder.append_embedding(name, vectors, segment.weight)
                index += length
    return builder.finished()


def token_limit(count: int) -> int:
    """The next multiple of 75, at least 75: what a count of tokens is shown against.

    >>> token_limit(75), token_limit(76)
    (75, 150)
    """
    return max(1, -(-count // CAPACITY)) * CAPACITY


@dataclass(slots=True)
class _Builder:
    """The chunk being filled, and those that are full."""

    backtrack: int
    tokens: list[int] = field(default_factory=list[int])
    weights: list[float] = field(default_factory=list[float])
    embeddings: list[EmbeddingUse] = field(default_factory=list[EmbeddingUse])
    last_comma: int | None = None
    chunks: list[Chunk] = field(default_factory=list[Chunk])

    def make_room(self, token: int) -> None:
        """Break a full chunk before a token: after its last comma if that is near, else here."""
        if token == COMMA:
            self.last_comma = len(self.tokens)
        if len(self.tokens) < CAPACITY:
            return
        comma = self.last_comma
        if token != COMMA and comma is not None and CAPACITY - comma <= self.backtrack:
            self._flush_after(comma)
        else:
            self.flush()

    def append(self, token: int, weight: float) -> None:
        self.tokens.append(token)
        self.weights.append(weight)

    def append_embedding(self, name: str, vectors: int, weight: float) -> None:
        """Placeholders for an embedding; what does not fit into a whole chunk is cut."""
        vectors = min(vectors, CAPACITY)
        if len(self.tokens) + vectors > CAPACITY:
            self.flush()
        self.embeddings.append(EmbeddingUse(len(self.tokens), name))
        self.tokens += [0] * vectors
        self.weights += [weight] * vectors

    def flush(self) -> None:
        """End the chunk, however empty."""
        self.chunks.append(_padded(self.tokens, self.weights, self.embeddings))
        self.tokens, self.weights, self.embeddings, self.last_comma = [], [], [], None

    def finished(self) -> Chunks:
        count = len(self.chunks) * CAPACITY + len(self.tokens)
        if self.tokens or not self.chunks:
            self.flush()
        return Chunks(tuple(self.chunks), count)

    def _flush_after(self, comma: int) -> None:
        """End the chunk after a comma and begin the next with what followed.

        Embeddings move along with their tokens. (A1111 leaves their vectors behind, in the
        padding of the chunk that ends.)
        """
        cut = comma + 1
        tokens, weights = self.tokens[cut:], self.weights[cut:]
        moved = [
            EmbeddingUse(use.offset - cut, use.name) for use in self.embeddings if use.offset >= cut
        ]
        del self.tokens[cut:], self.weights[cut:]
        self.embeddings = [use for use in self.embeddings if use.offset < cut]
        self.flush()
        self.tokens, self.weights, self.embeddings = tokens, weights, moved


def _chunk_old(text: str, names: EmbeddingNames) -> Chunks:
    """One chunk, read as the web UI of 2022 did.

    A token made of brackets is no text but a factor on all that follows; numbers and colons are
    text; what exceeds the chunk is dropped.
    """
    tokenizer = clip_tokenizer()
    factors = tokenizer.bracket_factors
    ids = tokenizer.ids(text)
    tokens: list[int] = []
    weights: list[float] = []
    embeddings: list[EmbeddingUse] = []
    weight, index = 1.0, 0
    while index < len(ids):
        found = names.at(ids, index)
        length = 1
        if ids[index] in factors:
            weight *= factors[ids[index]]
        elif found is None:
            tokens.append(ids[index])
            weights.append(weight)
        else:
            name, length, vectors = found
            embeddings.append(EmbeddingUse(len(tokens), name))
            tokens += [0] * vectors
            weights += [weight] * vectors
        index += length
    kept = [use for use in embeddings if use.offset < CAPACITY]
    return Chunks((_padded(tokens[:CAPACITY], weights[:CAPACITY], kept),), len(tokens))


def _padded(
    tokens: Sequence[int], weights: Sequence[float], embeddings: Sequence[EmbeddingUse]
) -> Chunk:
    padding = CAPACITY - len(tokens)
    return Chunk(
        (START, *tokens, *[END] * padding, END),
        (1.0, *weights, *[1.0] * padding, 1.0),
        len(tokens),
        tuple(embeddings),
    )
