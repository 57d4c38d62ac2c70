from __future__ import annotations

import pytest

from velatura.prompts.reading import read_prompt
from velatura.records import TextOptions


def warned(text: str, *, calls_per_step: int = 1, negative: bool = False) -> list[tuple[str, str]]:
    """What is warned of: the characters, and the first words of the message."""
    reading = read_prompt(text, 10, calls_per_step, TextOptions(), negative=negative)
    return [
        (text[warning.position :][: warning.length], warning.message)
        for warning in reading.warnings
    ]


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("a [dull:1.2] cat", "[dull:1.2]", "an edit that never happens, not a weight"),
        ("a [cat:dog:1] b", "[cat:dog:1]", "write 1.0 for all steps"),
        ("[a:b:5e-1]", "[a:b:5e-1]", "switches at once"),
        ("a | b [c:d:0.5]", "|", "the whole prompt is taken literally"),
        ("[c:d:0.5] b \\", "\\", "the whole prompt is taken literally"),
        ("a cat :1.5 ", ":1.5", "multiplies the guidance of the whole prompt by 1.5"),
        ("(a cat:1.2", ":1.2", "multiplies the guidance of the whole prompt by 1.2"),
        ("(a cat:1.2", "(", "never closed"),
        ("a [cat", "[", "never closed"),
        ("a cat)", ")", "closes nothing"),
        ("a cat]", "]", "closes nothing"),
        ("[a AND b:c:0.5]", "AND", "even inside brackets"),
        ("(a BREAK b)", "BREAK", "the word 'break'"),
        ("a\\nb", "\\", "vanishes"),
        ("C# code", "# code", "starts a comment"),
        ("a\n# note\nb", "# note", "starts a comment"),
        ("[a:b]", "[a:b]", "not read as an edit"),
        ("[a:b:0,5]", "[a:b:0,5]", "not read as an edit"),
        ("[a:b:0.5 x]", "[a:b:0.5 x]", "not read as an edit"),
        ("[cat:dog:1.0]", "dog", "never used"),
        ("[cat:dog:0]", "cat", "never used"),
        ("[cat:dog:9]", "dog", "never used"),
        ("[[a|b]|c]", "b", "never used"),
    ],
)
def test_what_is_misread_is_pointed_at(text: str, place: str, words: str):
    assert any(where == place and words in message for where, message in warned(text))


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("blurry <lora:x:1>", "<lora:x:1>", "in the prompt only"),
        ("blurry AND ugly", "AND", "ordinary word"),
    ],
)
def test_what_a_negative_prompt_cannot_do_is_pointed_at(text: str, place: str, words: str):
    ((where, message),) = warned(text, negative=True)
    assert where == place
    assert words in message


def test_whole_numbers_count_calls_not_steps():
    ((where, message),) = warned("[a:b:10]", calls_per_step=2)
    assert where == "[a:b:10]"
    assert "switches in step 6" in message


@pytest.mark.parametrize(
    "text",
    [
        "a photo of a cat",
        "a (cat:1.2), [dog], ((sky)) <lora:x:1>",
        "a [cat:dog:0.5] and [fe|]male",
        "a:1.2 AND b:0.8",
        "a BREAK b",
        "a \\(cat\\) \\[dog\\] \\\\ x",
        "a [cat:5]",
    ],
)
def test_what_is_read_as_meant_is_not_warned_of(text: str):
    assert warned(text) == []


def test_places_survive_comments_tags_and_schedules():
    text = "a # x\n<lora:y:1> [cat:d\\og:0.5] (b"
    assert [place for place, _ in warned(text)] == ["# x", "\\", "("]
