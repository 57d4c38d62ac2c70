"""What the studio understood of a prompt: its parts, schedule, tokens, tags, and its traps.

Pure data for the command line and the web studio to show; nothing is encoded.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from velatura.errors import PromptError
from velatura.prompts import misreadings
from velatura.prompts.chunks import Chunk, EmbeddingNames, chunk_text, token_limit
from velatura.prompts.comments import COMMENTS
from velatura.prompts.compose import ComposedText, split_parts
from velatura.prompts.misreadings import PromptWarning
from velatura.prompts.parse import parse
from velatura.prompts.schedule import ScheduledText, Timeline, schedule
from velatura.prompts.tags import TAG, Tag, find_tags
from velatura.prompts.tokenizer import clip_tokenizer
from velatura.prompts.traced import Traced

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from velatura.records import TextOptions


@dataclass(frozen=True, slots=True)
class ReadToken:
    """A token: its text ("cat", or an embedding's name once per vector) and its weight."""

    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class ReadText:
    """A text of the schedule.

    Attributes:
        until: Last call it is written for, from 1.
        text: The text, its emphasis brackets still in it.
        calls: Network calls that really use it, from 0; may be empty.
        steps: First and last step that use it, from 1; None where none does.
        chunks: Its tokens, chunk by chunk, without padding.
    """

    until: int
    text: str
    calls: range
    steps: tuple[int, int] | None
    chunks: tuple[tuple[ReadToken, ...], ...]


@dataclass(frozen=True, slots=True)
class ReadPart:
    """A part of a composed prompt: its text, its share of the guidance, its schedule."""

    text: str
    weight: float
    schedule: tuple[ReadText, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """A prompt as it was understood.

    Attributes:
        text: The prompt as typed.
        parts: What it is composed of; one, unless it says ``AND``.
        tags: Extra networks it asks for.
        tokens_used: Tokens of the longest text.
        token_limit: The multiple of 75 they fit into.
        warnings: Places that are probably not read as meant, in order.
    """

    text: str
    parts: tuple[ReadPart, ...]
    tags: tuple[Tag, ...]
    tokens_used: int
    token_limit: int
    warnings: tuple[PromptWarning, ...]


def read_prompt(
    text: str,
    steps: int,
    calls_per_step: int,
    options: TextOptions,
    *,
    negative: bool = False,
    embeddings: Mapping[str, int] | None = None,
) -> Reading:
    """What the studio understands of a prompt.

    Args:
        text: The prompt as typed.
        steps: Sampling steps.
        calls_per_step: Network calls the sampler makes a step: 1 or 2.
        options: How prompts are read.
        negative: Whether it is a negative prompt, where tags and ``AND`` are plain text.
        embeddings: Number of vectors of each known embedding, by name.

    Raises:
        PromptError: if a weight is not a number, or a character no text; the position points into
            ``text``.
    """
    _refuse_bytes(text)
    timeline = Timeline(calls=steps * calls_per_step, old=options.old_scheduling)
    reader = _Reader(text, timeline, calls_per_step, options, EmbeddingNames(embeddings))
    traced = reader.without_comments(Traced.typed(text))
    tags: tuple[Tag, ...] = ()
    if negative:
        reader.warn(traced, misreadings.in_negative(traced.text))
        composed: Sequence[ComposedText] = (ComposedText(traced.text, 1.0, 0, weighted=False),)
    else:
        tags = find_tags(traced.text)
        traced = traced.replaced(TAG, "")
        composed = split_parts(traced.text)
        reader.warn(traced, misreadings.in_composition(traced.text, composed))
    parts = tuple(
        reader.part(traced.part(part.position, len(part.text)), part.weight) for part in composed
    )
    return Reading(
        text=text,
        parts=parts,
        tags=tags,
        tokens_used=reader.tokens_used,
        token_limit=token_limit(reader.tokens_used),
        warnings=tuple(sorted(reader.warnings)),
    )


def _refuse_bytes(text: str) -> None:
    """Refuse what a terminal handed over as text but is none."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise PromptError(
            "there are bytes here that are no UTF-8 text", text=text, position=error.start
        ) from error


class _Reader:
    """Reads part after part, keeping count of the tokens and warnings."""

    def __init__(
        self,
        typed: str,
        timeline: Timeline,
        calls_per_step: int,
        options: TextOptions,
        names: EmbeddingNames,
    ) -> None:
        self.typed = typed
        self.timeline = timeline
        self.calls_per_step = calls_per_step
        self.options = options
        self.names = names
        self.tokens_used = 0
        self.warnings: set[PromptWarning] = set()
        self._tokens: dict[str, tuple[tuple[ReadToken, ...], ...]] = {}

    def warn(self, traced: Traced, found: Iterable[PromptWarning]) -> None:
        """Keep warnings about a text, their positions moved to the text as typed."""
        for warning in found:
            position, length = traced.span(warning.position, warning.length)
            self.warnings.add(PromptWarning(position, length, warning.message))

    def without_comments(self, traced: Traced) -> Traced:
        for comment in COMMENTS if self.options.comments else ():
            self.warn(traced, misreadings.in_comments(traced.text, comment))
            traced = traced.replaced(comment, "\n")
        return traced

    def part(self, traced: Traced, weight: float) -> ReadPart:
        prompt = parse(traced.text)
        table = schedule(traced.text, self.timeline)
        texts = tuple(
            self._text(entry, traced, calls)
            for entry, calls in zip(table, self._calls(table), strict=True)
        )
        used = {
            piece.position
            for entry, text in zip(table, texts, strict=True)
            if text.calls
            for piece in entry.origin
        }
        self.warn(
            traced,
            misreadings.in_schedule(traced.text, prompt, self.timeline, self.calls_per_step),
        )
        self.warn(traced, misreadings.in_use(prompt, used))
        return ReadPart(traced.text, weight, texts)

    def _calls(self, table: Sequence[ScheduledText]) -> Iterator[range]:
        """The calls that use each entry, by the rule of ``schedule.index_at``.

        The first entry gets one call more than written, the last one less.
        """
        edges = [-1, *(entry.until for entry in table[:-1]), self.timeline.calls - 1]
        for last_before, last in pairwise(edges):
            yield range(last_before + 1, last + 1)

    def _text(self, entry: ScheduledText, traced: Traced, calls: range) -> ReadText:
        if entry.text not in self._tokens:
            self._tokens[entry.text] = self._read_tokens(entry, traced)
        steps = None
        if calls:
            steps = calls[0] // self.calls_per_step + 1, calls[-1] // self.calls_per_step + 1
        return ReadText(entry.until, entry.text, calls, steps, self._tokens[entry.text])

    def _read_tokens(
        self, entry: ScheduledText, traced: Traced
    ) -> tuple[tuple[ReadToken, ...], ...]:
        """The tokens of a text by chunk; warns of brackets that are not what they seem."""
        shown = _shown(entry, traced)
        try:
            chunks = chunk_text(entry.text, self.options, self.names)
        except PromptError as error:
            raise self._moved(error, shown) from None
        if self.options.emphasis != "None" and not self.options.old_emphasis:
            self.warn(shown, misreadings.in_emphasis(entry.text))
        self.tokens_used = max(self.tokens_used, chunks.count)
        return tuple(tuple(_read_chunk(chunk)) for chunk in chunks.chunks)

    def _moved(self, error: PromptError, traced: Traced) -> PromptError:
        """An error about a text made from the one typed, as an error about the latter."""
        message = str(error).removesuffix(f" (at character {error.position + 1})")
        return PromptError(message, text=self.typed, position=traced.positions[error.position])


def _shown(entry: ScheduledText, traced: Traced) -> Traced:
    """The text of an entry, traced to where it was typed."""
    positions: list[int] = []
    for piece in entry.origin:
        positions += traced.positions[piece.position : piece.position + len(piece.text)]
    return Traced(entry.text, [*positions, traced.positions[-1]])


def _read_chunk(chunk: Chunk) -> Iterator[ReadToken]:
    """The tokens of a chunk that are text."""
    tokenizer = clip_tokenizer()
    placed = [use.offset for use in chunk.embeddings]
    for index in range(chunk.used):
        token, weight = chunk.tokens[index + 1], chunk.weights[index + 1]
        if token == 0 and placed and index >= placed[0]:
            use = chunk.embeddings[bisect_right(placed, index) - 1]
            yield ReadToken(use.name, weight)
        else:
            yield ReadToken(tokenizer.word(token), weight)
