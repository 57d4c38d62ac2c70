from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from velatura.metadata import Infotext, complete_fields, parse_infotext
from velatura.metadata.notation import NEGATIVE_MARK

TABLE = json.loads((Path(__file__).parents[1] / "golden" / "infotexts.json").read_text("utf-8"))

PAIRS = "Steps: 5, Sampler: Euler, CFG scale: 1.0"

keys = st.from_regex(r"\A[A-Za-z][A-Za-z0-9 /\-]{1,20}\Z").filter(lambda key: key == key.strip())


def normal(text: str) -> str:
    """A prompt as the text can hold it."""
    return "\n".join(line.strip() for line in text.strip().split("\n"))


def holds(prompt: str) -> bool:
    return not any(line.strip().startswith(NEGATIVE_MARK) for line in prompt.split("\n"))


prompts = st.text(max_size=80).map(normal).filter(holds)


@pytest.mark.parametrize("text", TABLE)
def test_recorded_texts_are_read_the_same(text: str) -> None:
    recorded = {key: str(value) for key, value in TABLE[text].items()}
    assert complete_fields(parse_infotext(text)) == recorded


def test_all_recorded_texts_are_read_and_written_the_same(golden: Path) -> None:
    table = json.loads((golden / "unit" / "infotexts.json").read_text())
    for text, values in table.items():
        infotext = parse_infotext(text)
        assert complete_fields(infotext) == {key: str(value) for key, value in values.items()}
        assert str(infotext) == text


@given(prompts, prompts, st.dictionaries(keys, st.text(min_size=1, max_size=30), min_size=3))
def test_what_is_written_is_read_again(prompt: str, negative: str, fields: dict[str, str]) -> None:
    infotext = Infotext(prompt, negative, fields)
    assert parse_infotext(str(infotext)) == infotext


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    infotext = parse_infotext(text)
    assert parse_infotext(str(infotext)) == parse_infotext(str(parse_infotext(str(infotext))))


LINE = st.text('ab1_ -/:,"\\\t\u00e9', max_size=60)
AS_DOCUMENTED = re.compile(
    r"""\s*(?P<key>\w[\w \-/]+):\s*(?P<value>"(?:\\.|[^\\"])+"|[^,]*)(?:,|$)"""
)


@given(LINE)
def test_pairs_are_found_as_the_format_is_documented(line: str) -> None:
    pairs = [match["key"] for match in AS_DOCUMENTED.finditer(line.strip())]
    fields = parse_infotext(line).fields
    assert list(fields) == (list(dict.fromkeys(pairs)) if len(pairs) >= 3 else [])


def test_fewer_than_three_pairs_belong_to_the_prompt() -> None:
    text = "a cat\nSteps: 5, Sampler: Euler"
    assert parse_infotext(text) == Infotext(text)
    assert parse_infotext(text + ", Seed: 1").prompt == "a cat"


@pytest.mark.parametrize(
    ("pair", "key", "value"),
    [
        ('Lora hashes: "a: 12, b: 34"', "Lora hashes", "a: 12, b: 34"),
        (r'Hires prompt: "say \"hi\", Negative prompt: x\n"', "Hires prompt",
         'say "hi", Negative prompt: x\n'),
        (r'Odd: "a\q"', "Odd", r'"a\q"'),
        ('Open: "abc', "Open", '"abc'),
        ("X/Y type-2: 3", "X/Y type-2", "3"),
        ("Empty: ", "Empty", ""),
    ],
)  # fmt: skip
def test_values_are_unquoted(pair: str, key: str, value: str) -> None:
    assert parse_infotext(f"a\n{PAIRS}, {pair}").fields[key] == value


def test_a_key_of_one_character_is_not_recognised() -> None:
    assert list(parse_infotext(f"a\nA: 1, {PAIRS}").fields) == ["Steps", "Sampler", "CFG scale"]


def test_lines_of_the_prompts_are_stripped_and_kept() -> None:
    text = f"  a \n\n b\nNegative prompt:\n c \n\nd\n{PAIRS}"
    infotext = parse_infotext(text)
    assert infotext.prompt == "a\n\nb"
    assert infotext.negative_prompt == "c\n\nd"
