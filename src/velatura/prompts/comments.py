"""``#`` comments in prompts. There is no way to write a ``#`` that is not one."""

from __future__ import annotations

import re

COMMENTS = (
    re.compile(r"(?:^|\n)#[^\n]*(?:\n|$)"),
    re.compile(r"#[^\n]*(?:\n|$)"),
)
"""Whole-line comments with the line breaks around them, then comments at the end of a line;
replaced in this order, each by one line break."""


def strip_comments(text: str) -> str:
    r"""The text without its comments.

    >>> strip_comments("a cat # sleeping\non a mat")
    'a cat \non a mat'
    """
    for comment in COMMENTS:
        text = comment.sub("\n", text)
    return text
