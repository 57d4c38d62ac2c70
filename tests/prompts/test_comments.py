from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from velatura.prompts.comments import strip_comments


@pytest.mark.parametrize(
    ("text", "stripped"),
    [
        ("a cat", "a cat"),
        ("# note", "\n"),
        ("# note\na cat", "\na cat"),
        ("a\n# note\nb", "a\nb"),
        ("a\n# one\n# two\nb", "a\n\nb"),
        ("a # note", "a \n"),
        ("a # note\nb", "a \nb"),
        ("a \\# b", "a \\\n"),
        ("a#b#c\nd", "a\nd"),
    ],
)
def test_comments_become_line_breaks(text: str, stripped: str):
    assert strip_comments(text) == stripped


@given(st.text(alphabet="a#\n "))
def test_no_comment_survives(text: str):
    assert "#" not in strip_comments(text)
