from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from velatura.errors import PromptError
from velatura.prompts.reading import ReadToken, read_prompt
from velatura.records import TextOptions

prompts = st.one_of(
    st.text(),
    st.lists(
        st.sampled_from(
            ["[", "]", "(", ")", ":", "|", "\\", "#", "\n", " AND ", " BREAK ", "<lora:x:1>", "cat",
             "0.5", "3", "1.2.3", "[a:b:0.5]", "[a|b]", "&amp;", "’"]
        ),
        max_size=25,
    ).map("".join),
)  # fmt: skip


def test_a_prompt_is_read_with_its_parts_schedule_and_tags():
    reading = read_prompt("a [cat:dog:0.8] <lora:ink:0.5> AND b:0.7", 20, 1, TextOptions())
    first, second = reading.parts
    assert (first.text, first.weight, second.text, second.weight) == (
        "a [cat:dog:0.8]",
        1.0,
        " b",
        0.7,
    )
    assert [(text.until, text.text, text.calls, text.steps) for text in first.schedule] == [
        (16, "a cat", range(17), (1, 17)),
        (20, "a dog", range(17, 20), (18, 20)),
    ]
    assert [(tag.word, tag.positional) for tag in reading.tags] == [("lora", ("ink", "0.5"))]
    assert (reading.tokens_used, reading.token_limit) == (2, 75)


def test_steps_are_counted_in_the_calls_of_the_sampler():
    reading = read_prompt("[a:b:0.5]", 10, 2, TextOptions())
    assert [text.steps for text in reading.parts[0].schedule] == [(1, 6), (6, 10)]


def test_an_entry_that_no_call_uses_says_so():
    reading = read_prompt("[a|b]", 2, 1, TextOptions())
    assert [text.steps for text in reading.parts[0].schedule] == [(1, 2), None]


def test_tokens_are_shown_with_their_weights_and_embeddings_by_name():
    reading = read_prompt("a (tinyemb:1.4) cat", 10, 1, TextOptions(), embeddings={"tinyemb": 2})
    assert reading.parts[0].schedule[0].chunks == (
        (
            ReadToken("a", 1.0),
            ReadToken("tinyemb", 1.4),
            ReadToken("tinyemb", 1.4),
            ReadToken("cat", 1.0),
        ),
    )


def test_the_token_count_is_that_of_the_longest_text():
    text = "[cat:" + "dog " * 80 + ":0.5] # and a comment"
    reading = read_prompt(text, 10, 1, TextOptions())
    assert (reading.tokens_used, reading.token_limit) == (80, 150)


def test_a_negative_prompt_keeps_its_tags_and_its_ands_as_words():
    reading = read_prompt("a <lora:x:1> AND b:1.5", 10, 1, TextOptions(), negative=True)
    assert len(reading.parts) == 1
    assert reading.parts[0].text == "a <lora:x:1> AND b:1.5"
    assert reading.tags == ()


def test_without_comments_a_hash_is_text():
    reading = read_prompt("a # b", 10, 1, TextOptions(comments=False))
    assert reading.parts[0].text == "a # b"
    assert reading.warnings == ()


def test_a_malformed_weight_is_refused_where_it_was_typed():
    text = "# note\n<lora:x:1> a [(b:1.2.3):c:0.5]"
    with pytest.raises(PromptError) as caught:
        read_prompt(text, 10, 1, TextOptions())
    assert text[caught.value.position :].startswith("1.2.3")
    assert caught.value.text == text
    assert str(caught.value).count("at character") == 1


@given(prompts, st.booleans(), st.integers(1, 2))
def test_any_prompt_is_read_or_refused_with_a_position(text: str, negative: bool, calls: int):
    try:
        reading = read_prompt(text, 7, calls, TextOptions(), negative=negative)
    except PromptError as error:
        spans = [(error.position, 1)]
    else:
        spans = [(warning.position, warning.length) for warning in reading.warnings]
        assert spans == sorted(spans)
        for part in reading.parts:
            used = [call for entry in part.schedule for call in entry.calls]
            assert used == list(range(7 * calls))
    for position, length in spans:
        assert 0 <= position <= position + length <= len(text)


def test_reading_prompts_needs_no_torch():
    script = (
        "import sys; from velatura.prompts.reading import read_prompt; "
        "from velatura.records import TextOptions; import velatura.prompts.encode; "
        "read_prompt('a (cat:1.2)', 20, 1, TextOptions()); "
        "assert not {'torch', 'transformers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
