from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from velatura.prompts.traced import Traced


@given(st.text(alphabet="ab#-"), st.sampled_from(["", "+", "++"]))
def test_characters_that_stay_know_where_they_were_typed(text: str, replacement: str):
    traced = Traced.typed(text).replaced(re.compile("#+"), replacement)
    traced = traced.replaced(re.compile("-b"), replacement)
    assert len(traced.positions) == len(traced.text) + 1
    assert traced.positions[-1] == len(text)
    for char, position in zip(traced.text, traced.positions, strict=False):
        assert char == "+" or text[position] == char


def test_a_stretch_covers_what_was_cut_inside_it():
    traced = Traced.typed("ab##cd").replaced(re.compile("#"), "")
    assert traced.span(1, 2) == (1, 4)
    assert traced.span(1, 0) == (1, 0)
    assert traced.part(2, 2) == Traced("cd", [4, 5, 6])
