from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from velatura.errors import PromptError
from velatura.prompts.tags import Hypernet, Lora, cut_tags, find_tags, hypernets, loras


@pytest.mark.parametrize(
    ("text", "lora"),
    [
        ("<lora:ink>", Lora("ink", 1.0, 1.0)),
        ("<lora:ink:0.5>", Lora("ink", 0.5, 0.5)),
        ("<lora:ink:0.5:0.7>", Lora("ink", 0.5, 0.7)),
        ("<lora:ink:0.5:0.7:4>", Lora("ink", 0.5, 0.7, 4)),
        ("<lora:ink:te=0.3>", Lora("ink", 0.3, 0.3)),
        ("<lora:ink:unet=0.3>", Lora("ink", 1.0, 0.3)),
        ("<lora:ink:0.5:te=0.2>", Lora("ink", 0.2, 0.2)),
        ("<lora:ink:0.5:0.6:te=0.2:unet=0.9:dyn=8>", Lora("ink", 0.2, 0.9, 8)),
        ("<lyco:ink:-1>", Lora("ink", -1.0, -1.0)),
    ],
)
def test_a_lora_tag_sets_both_weights_and_the_rank(text: str, lora: Lora):
    assert loras(find_tags(text)) == (lora,)


def test_a_lora_named_twice_counts_twice_with_its_last_weight():
    found = loras(find_tags("<lora:x:0.3> <lora:y> <lora:x:0.5>"))
    assert found == (Lora("x", 0.5, 0.5), Lora("y"), Lora("x", 0.5, 0.5))


def test_a_hypernetwork_has_a_strength():
    assert hypernets(find_tags("<hypernet:a> <hypernet:b:0.5>")) == (
        Hypernet("a"),
        Hypernet("b", 0.5),
    )


def test_an_argument_with_two_equals_signs_is_positional():
    (tag,) = find_tags("<word:a=1:b=2=3:c>")
    assert (tag.word, tag.positional, tag.named) == ("word", ("b=2=3", "c"), {"a": "1"})


@pytest.mark.parametrize("text", ["<lora>", "<lora:>", "< lora:x>", "a < b:c", "<a-b:c>"])
def test_what_is_no_tag_stays(text: str):
    assert find_tags(text) == ()
    assert cut_tags(text) == text


def test_cutting_a_tag_leaves_what_stands_around_it():
    assert cut_tags("a, <lora:x:1>, b <hypernet:y>") == "a, , b "
    assert cut_tags("[a:<lora:x:1>:0.5]") == "[a::0.5]"


@pytest.mark.parametrize(
    "text", ["a <lora:x:much>", "a <lora:x:1:>", "a <lora:x:te=>", "a <lora:te=1>"]
)
def test_a_malformed_lora_tag_is_refused_where_it_stands(text: str):
    with pytest.raises(PromptError) as caught:
        loras(find_tags(text))
    assert caught.value.position == 2


@given(st.text(alphabet="<lora:x1=> "))
def test_tags_know_where_they_stand(text: str):
    for tag in find_tags(text):
        cut = text[tag.position : tag.position + tag.length]
        assert cut[0] + cut[-1] == "<>"
