"""Wildcards: ``__animal__`` in a prompt becomes a line of ``animal.txt``, chosen by a seed.

What comes out is an ordinary prompt, so that a picture can be made again without the files. Names
of folders are part of the name, as in ``__places/city__``; a line may hold wildcards itself.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

from velatura.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

WILDCARD: Final = re.compile(r"__([^\W_][\w/ .-]*?)__")

DEEPEST: Final = 8
"""Lines with wildcards within one another."""

LONGEST: Final = 64 * 2**10
"""Characters of a prompt whose wildcards are filled in."""

LARGEST_FILE: Final = 2**23
"""Bytes of a file; larger ones are passed over."""


def read_wildcards(folder: Path) -> dict[str, tuple[str, ...]]:
    """The lines of the text files in a folder and below, by the files' names without ``.txt``.

    Empty lines, and those that begin with ``#``, are passed over.

    Raises:
        RequestError: a file cannot be read as UTF-8.
    """
    lists: dict[str, tuple[str, ...]] = {}
    for path in sorted(folder.rglob("*.txt")):
        try:
            if not path.is_file() or path.stat().st_size > LARGEST_FILE:
                continue
            lines = [line.strip() for line in path.read_text(encoding="utf-8-sig").splitlines()]
        except (OSError, UnicodeDecodeError) as error:
            raise RequestError(f"{path.name}: cannot be read as wildcards: {error}") from error
        name = path.relative_to(folder).with_suffix("").as_posix()
        if kept := tuple(line for line in lines if line and not line.startswith("#")):
            lists[name] = kept
    return lists


def fill_wildcards(text: str, lists: Mapping[str, Sequence[str]], seed: int) -> str:
    """The text with its wildcards filled in; those that no file is called like stay.

    The same text and seed give the same lines, whatever else there is. Two of one name are drawn
    one by one.

    >>> fill_wildcards("a __pet__", {"pet": ["cat"]}, seed=7)
    'a cat'

    Raises:
        RequestError: the text grows beyond all measure.
    """
    drawn = 0

    def draw(match: re.Match[str]) -> str:
        nonlocal drawn
        lines = lists.get(match[1])
        if not lines:
            return match[0]
        drawn += 1
        dice = hashlib.sha256(f"{seed} {drawn} {match[1]}".encode()).digest()
        return lines[int.from_bytes(dice[:8]) % len(lines)]

    for _ in range(DEEPEST):
        filled = WILDCARD.sub(draw, text)
        if len(filled) > LONGEST:
            raise RequestError(f"prompt: more than {LONGEST} characters with its wildcards")
        if filled == text:
            break
        text = filled
    return text
