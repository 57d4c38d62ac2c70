"""Prompt text to a tree of edits and choices.

``grammar.lark`` defines the language; its terminals are cut by lark. Being ambiguous, it cannot
be parsed by LALR, and Earley takes minutes for a long prompt; so the brackets are matched here
with a stack of our own, in time proportional to the text and to any depth.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lark import Lark, Token


@dataclass(frozen=True, slots=True)
class Text:
    """Characters copied as they stand, brackets of emphasis included.

    Attributes:
        text: The characters.
        position: Index of the first in the prompt.
    """

    text: str
    position: int


@dataclass(frozen=True, slots=True)
class Edit:
    """``[before:after:when]``: one text, then another.

    Attributes:
        before: What stands there first.
        after: What replaces it.
        when: The number as written, since ``1`` and ``1.0`` differ in meaning.
        position: Index of the opening bracket.
        length: Number of characters from bracket to bracket.
        has_before: Whether ``before`` was written, however empty: ``[:a:5]`` against ``[a:5]``.
    """

    before: Body
    after: Body
    when: str
    position: int
    length: int
    has_before: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """``[a|b|...]``: each text in turn, one per call of the network.

    Attributes:
        options: The texts.
        position: Index of the opening bracket.
        length: Number of characters from bracket to bracket.
    """

    options: tuple[Body, ...]
    position: int
    length: int


Node = Text | Edit | Choice
Body = tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt, read.

    Attributes:
        body: The tree.
        literal_from: Where the text stops making sense as a schedule: an unbracketed ``|`` or a
            lone backslash. The whole text is then taken literally. None where all is well.
        failed_edits: Position and length of square brackets with colons that are no edit.
    """

    body: Body
    literal_from: int | None = None
    failed_edits: tuple[tuple[int, int], ...] = ()


@dataclass(slots=True)
class _Bracket:
    """A bracket still open: where its pieces start, and the separators met inside it."""

    token: Token
    start: int
    separators: list[tuple[str, int]] = field(default_factory=list[tuple[str, int]])
    number: str | None = None
    first_bar: int | None = None

    def kinds(self) -> str:
        return "".join(kind for kind, _ in self.separators)


class _Illegible(Exception):
    """The text cannot be read as a schedule; the position says from where."""

    def __init__(self, position: int) -> None:
        self.position = position


def parse(text: str) -> Prompt:
    r"""The tree of edits and choices in a prompt.

    Never fails: what cannot be read is taken literally, as A1111 does.

    >>> parse("a [cat|dog]").body[1].options
    ((Text(text='cat', position=3),), (Text(text='dog', position=7),))
    >>> parse("a | [b:c:5]").body
    (Text(text='a | [b:c:5]', position=0),)
    """
    reader = _Reader()
    try:
        return Prompt(reader.read(text), failed_edits=tuple(reader.failed_edits))
    except _Illegible as error:
        return Prompt((Text(text, 0),), literal_from=error.position)


def walk(body: Body) -> Iterator[Node]:
    """Every node of a tree, the outer ones before those inside them."""
    waiting: list[Node] = list(reversed(body))
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, Edit):
            waiting.extend(reversed(node.before + node.after))
        elif isinstance(node, Choice):
            waiting.extend(reversed([inner for option in node.options for inner in option]))


class _Reader:
    """One pass over the terminals.

    Every terminal becomes a piece of text at once. When a bracket closes and turns out to be an
    edit or a choice, the pieces since its opening are taken back and become one node; otherwise
    they stay, so that nothing is ever moved twice.
    """

    def __init__(self) -> None:
        self.pieces: list[Node] = []
        self.open: list[_Bracket] = []
        self.failed_edits: list[tuple[int, int]] = []

    def read(self, text: str) -> Body:
        # Takes 0.1 s: a server starts without it, and needs it at the first prompt.
        from lark.exceptions import UnexpectedCharacters

        try:
            for token in _lexer().lex(text):
                self._take(token)
        except UnexpectedCharacters as error:
            raise _Illegible(error.pos_in_stream) from None
        self._give_up_open_brackets()
        return _joined(self.pieces)

    def _take(self, token: Token) -> None:
        start = len(self.pieces)
        position = token.start_pos or 0
        self.pieces.append(Text(str(token), position))
        top = self.open[-1] if self.open else None
        match token.value:
            case "(" | "[":
                self.open.append(_Bracket(token, start))
            case ")" | "]":
                self._close(token.value, position)
            case "|" if top is None:
                raise _Illegible(position)
            case ":" | "|" if top is not None:
                top.separators.append((token.value, start))
                if token.value == "|" and top.first_bar is None:
                    top.first_bar = position
            case _ if top is not None and token.type == "NUMBER":
                top.number = token.value.strip()
            case _:
                pass

    def _close(self, closer: str, position: int) -> None:
        """Settle the innermost bracket: a node, a transparent group, or nothing."""
        top = self.open.pop() if self.open else None
        if top is None:
            return
        kinds = top.kinds()
        pair = str(top.token) + closer
        length = position + 1 - (top.token.start_pos or 0)
        if pair == "[]" and kinds in (":", "::") and top.number is not None:
            self._edit(top, length)
        elif pair == "[]" and kinds and set(kinds) == {"|"}:
            self._choice(top, length)
        elif not (pair == "()" and kinds in ("", ":")) and not (pair == "[]" and not kinds):
            # Whatever encloses a bracket that makes no sense makes no sense itself.
            if pair == "[]":
                self.failed_edits.append((top.token.start_pos or 0, length))
            self.open.append(top)
            self._give_up_open_brackets()

    def _give_up_open_brackets(self) -> None:
        bars = [bracket.first_bar for bracket in self.open if bracket.first_bar is not None]
        if bars:
            raise _Illegible(bars[0])
        self.open.clear()

    def _edit(self, bracket: _Bracket, length: int) -> None:
        *texts, _ = self._sections(bracket)
        before = texts[0] if len(texts) == 2 else ()
        start = bracket.token.start_pos or 0
        self.pieces.append(
            Edit(before, texts[-1], bracket.number or "", start, length, len(texts) == 2)
        )

    def _choice(self, bracket: _Bracket, length: int) -> None:
        options = self._sections(bracket)
        self.pieces.append(Choice(tuple(options), bracket.token.start_pos or 0, length))

    def _sections(self, bracket: _Bracket) -> list[Body]:
        """Take back the pieces of a bracket, split at its separators."""
        edges = [bracket.start, *(index for _, index in bracket.separators), len(self.pieces) - 1]
        sections = [_joined(self.pieces[left + 1 : right]) for left, right in pairwise(edges)]
        del self.pieces[bracket.start :]
        return sections


def _joined(pieces: list[Node]) -> Body:
    """The pieces, with neighbouring texts made one."""
    body: list[Node] = []
    run: list[Text] = []
    for piece in [*pieces, None]:
        if isinstance(piece, Text):
            run.append(piece)
            continue
        if run:
            body.append(Text("".join(part.text for part in run), run[0].position))
            run = []
        if piece is not None:
            body.append(piece)
    return tuple(body)


@cache
def _lexer() -> Lark:
    from lark import Lark

    grammar = files("velatura.prompts").joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(grammar, start="text", parser=None, lexer="basic")
