from __future__ import annotations

from typing import Any

import ftfy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.prompts.conftest import recorded
from velatura.prompts.tokenizer import COMMA, END, START, clip_tokenizer


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("a photo of a cat", (320, 1125, 539, 320, 2368)),
        ("A Photo  of\na\tCAT ", (320, 1125, 539, 320, 2368)),
        ("é ü 日本", (4166, 47177, 39121, 19277, 361)),
        ("a &amp; b", (320, 261, 321)),
        ("a & b", (320, 261, 321)),
        ("it’s", (585, 568)),
        ("it's", (585, 568)),
        ("“cat”", (257, 2368, 257)),
        ("$100%", (259, 272, 271, 271, 260)),
        ("ﬁre", (1769,)),
        ("ＣＡＴ", (2368,)),
        ("::", (9788,)),
        ("a<|endoftext|>b", (320, END, 321)),
        ("<|STARTOFTEXT|>", (START,)),
        (",", (COMMA,)),
        ("", ()),
        (" \n ", ()),
    ],
)
def test_texts_have_the_ids_of_clip(text: str, ids: tuple[int, ...]):
    assert clip_tokenizer().ids(text) == ids


@pytest.mark.parametrize("case", recorded(), ids=lambda case: case["prompt"])
def test_unweighted_prompts_have_the_recorded_ids(case: dict[str, Any]):
    if len(case["attention"]) == 1 and len(case["chunks"]) == 1:
        ids = clip_tokenizer().ids(case["attention"][0][0])
        assert list(ids) == case["chunks"][0]["tokens"]


@pytest.mark.parametrize(
    "text", ["🐈‍⬛ and 🎨", "naïve café", "色彩", "Ünïcödé — “quoted”…", "кошка", "ไทย"]
)
def test_words_of_any_script_are_kept_byte_for_byte(text: str):
    check_bytes_survive(text)


@given(st.text())
def test_no_byte_of_a_text_is_lost(text: str):
    check_bytes_survive(text)


def check_bytes_survive(text: str) -> None:
    tokenizer = clip_tokenizer()
    cleaned = "".join(ftfy.fix_text(text).split()).lower()
    ids = tokenizer.ids(text)
    if START not in ids and END not in ids:
        assert b"".join(tokenizer.encoded(id_) for id_ in ids) == cleaned.encode("utf-8")


def test_bracket_tokens_have_the_factors_of_2022():
    tokenizer = clip_tokenizer()
    (opened,) = tokenizer.ids("(")
    (closed,) = tokenizer.ids(")")
    (square,) = tokenizer.ids("[")
    factors = tokenizer.bracket_factors
    assert factors[opened] == 1.1
    assert factors[closed] == 1 / 1.1
    assert factors[square] == 1 / 1.1
    assert tokenizer.ids("()")[0] not in factors
