"""Words as they are searched: found in texts in one way, whatever the database.

Letters lose case, width and accents; whatever is neither letter nor digit parts words, so
``red_hair`` is two. Characters of Chinese and Japanese are a word each. The databases' own ways to
find words, which differ, are not used: SQLite's FTS5 and PostgreSQL's tsvector get these words and
no others, so that nothing in a query can be an operator of theirs.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sqlalchemy import column, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection, TextualSelect

Part = Literal["prompt", "negative", "name"]
"""What words are looked for in: the prompts, the negative prompts, the file's name."""

PARTS: dict[Part, str] = {"prompt": "A", "negative": "B", "name": "C"}
"""Parts of a picture's words, and PostgreSQL's letters for them."""

LONGEST_WORD = 64
MOST_WORDS = 5000
"""Of one part: PostgreSQL counts positions up to 16383, all parts together."""

_GAP = 5001
"""Between the first positions of two parts, so that no phrase reaches across."""

_IDEOGRAPH = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(rf"[{_IDEOGRAPH}]|[^\W_{_IDEOGRAPH}]+")


def fold(name: str) -> str:
    """A name as names are compared: without case, width, accents and spaces around it."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    return "".join(sign for sign in plain if unicodedata.category(sign) != "Mn").strip()


def words_of(told: str) -> list[str]:
    """The words of a text, in order.

    >>> words_of("A Café_noir, (1girl:1.2)")
    ['a', 'cafe', 'noir', '1girl', '1', '2']
    """
    return [word[:LONGEST_WORD] for word in _WORD.findall(fold(told))][:MOST_WORDS]


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """Words that follow one another.

    Attributes:
        words: As :func:`words_of` finds them; at least one.
        part: Where to look.
        is_prefix: Whether the last word may go on.
    """

    words: tuple[str, ...]
    part: Part = "prompt"
    is_prefix: bool = False


def store_words(connection: Connection, entries: Sequence[tuple[int, Mapping[Part, str]]]) -> None:
    """Make pictures findable by their words; each must be new, or have been taken out.

    Args:
        connection: Within a transaction.
        entries: Numbers of pictures, and the texts of their parts.
    """
    if not entries:
        return
    if connection.dialect.name == "sqlite":
        statement = (
            "INSERT INTO library_words (rowid, prompt, negative, name) "
            "VALUES (:picture, :prompt, :negative, :name)"
        )
        rows = [
            {"picture": number, **{part: " ".join(words_of(told[part])) for part in PARTS}}
            for number, told in entries
        ]
    else:
        statement = (
            "INSERT INTO library_words (picture, words) VALUES (:picture, CAST(:words AS tsvector))"
        )
        rows = [{"picture": number, "words": _vector(told)} for number, told in entries]
    connection.execute(text(statement), rows)


def remove_words(connection: Connection, numbers: Iterable[int]) -> None:
    """Take pictures out of what is found by words."""
    key = "rowid" if connection.dialect.name == "sqlite" else "picture"
    rows = [{"picture": number} for number in numbers]
    if rows:
        connection.execute(text(f"DELETE FROM library_words WHERE {key} = :picture"), rows)


def matching(dialect: str, phrases: Sequence[Phrase], name: str) -> TextualSelect:
    """A query for the numbers of the pictures that have all phrases.

    Args:
        dialect: "sqlite" or "postgresql".
        phrases: What to find; at least one.
        name: Of the query's parameter; no other in the statement may have it.
    """
    if dialect == "sqlite":
        query = " AND ".join(_fts5(phrase) for phrase in phrases)
        statement = f"SELECT rowid FROM library_words WHERE library_words MATCH :{name}"
    else:
        query = " & ".join(f"({_tsquery(phrase)})" for phrase in phrases)
        statement = f"SELECT picture FROM library_words WHERE words @@ CAST(:{name} AS tsquery)"
    return text(statement).bindparams(**{name: query}).columns(column("picture"))


def _fts5(phrase: Phrase) -> str:
    """The phrase in FTS5's language; words hold no quotes."""
    return f'{{{phrase.part}}} : "{" ".join(phrase.words)}"{" *" if phrase.is_prefix else ""}'


def _tsquery(phrase: Phrase) -> str:
    """The phrase in the language of tsquery; words hold neither quotes nor backslashes."""
    letter = PARTS[phrase.part]
    last = len(phrase.words) - 1
    return " <-> ".join(
        f"'{word}':{'*' if phrase.is_prefix and place == last else ''}{letter}"
        for place, word in enumerate(phrase.words)
    )


def _vector(told: Mapping[Part, str]) -> str:
    """The words with their positions, as a tsvector is written."""
    return " ".join(
        f"'{word}':{1 + order * _GAP + place}{PARTS[part]}"
        for order, part in enumerate(PARTS)
        for place, word in enumerate(words_of(told[part]))
    )
