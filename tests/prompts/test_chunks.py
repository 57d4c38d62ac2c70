from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.effort import grows_in_line
from tests.prompts.conftest import recorded
from velatura.errors import PromptError
from velatura.prompts.chunks import (
    EMPTY_CHUNK,
    Chunks,
    EmbeddingNames,
    EmbeddingUse,
    chunk_text,
    token_limit,
)
from velatura.prompts.tokenizer import COMMA, END, START
from velatura.records import TextOptions

CAT, DOG = 2368, 1929
NONE = EmbeddingNames()


def chunked(text: str, names: EmbeddingNames = NONE, **options: Any) -> Chunks:
    return chunk_text(text, TextOptions(**options), names)


def used(chunks: Chunks) -> list[list[int]]:
    return [list(chunk.tokens[1 : 1 + chunk.used]) for chunk in chunks.chunks]


@pytest.mark.parametrize("case", recorded(), ids=lambda case: case["prompt"])
def test_chunks_equal_the_recorded_ones(case: dict[str, Any]):
    chunks = chunked(case["prompt"])
    assert used(chunks) == [chunk["tokens"] for chunk in case["chunks"]]
    for chunk, expected in zip(chunks.chunks, case["chunks"], strict=True):
        assert list(chunk.weights[1 : 1 + chunk.used]) == expected["multipliers"]
    assert (chunks.count, token_limit(chunks.count)) == (case["token_count"], case["max_count"])


def test_chunks_equal_all_recorded_ones(all_recorded: list[dict[str, Any]]):
    for case in all_recorded:
        chunks = chunked(case["prompt"])
        assert [
            {"tokens": list(chunk.tokens), "multipliers": list(chunk.weights)}
            for chunk in chunks.chunks
        ] == case["chunks"], case["prompt"]
        assert chunks.count == case["token_count"], case["prompt"]


@given(st.text(), st.integers(0, 74), st.sampled_from(["Original", "Ignore", "None"]))
def test_a_chunk_is_always_77_long_and_framed(text: str, backtrack: int, emphasis: str):
    try:
        chunks = chunked(text * 30, comma_backtrack=backtrack, emphasis=emphasis)
    except PromptError:
        return
    for chunk in chunks.chunks:
        assert len(chunk.tokens) == len(chunk.weights) == 77
        assert (chunk.tokens[0], chunk.tokens[-1]) == (START, END)
        assert chunk.weights[0] == chunk.weights[-1] == 1.0
        assert set(chunk.tokens[chunk.used + 1 :]) == {END}


@given(st.integers(0, 200), st.integers(0, 40))
def test_no_token_is_lost_when_chunks_break(words: int, every: int):
    text = " ".join("cat," if every and i % (every + 1) == 0 else "cat" for i in range(words))
    flat = [token for chunk in used(chunked(text)) for token in chunk]
    assert flat.count(CAT) == words
    assert flat.count(COMMA) == text.count(",")


def test_a_full_chunk_breaks_after_a_near_comma():
    text = "cat " * 59 + "cat, " + "dog " * 30
    first, second = used(chunked(text))
    assert first == [CAT] * 60 + [COMMA]
    assert second == [DOG] * 30


@pytest.mark.parametrize(
    ("comma_at", "backtrack", "length"), [(55, 20, 56), (54, 20, 75), (55, 19, 75), (70, 0, 75)]
)
def test_a_comma_is_near_within_the_backtrack(comma_at: int, backtrack: int, length: int):
    text = "cat " * comma_at + ", " + "dog " * 40
    assert len(used(chunked(text, comma_backtrack=backtrack))[0]) == length


def test_a_comma_that_no_longer_fits_opens_the_next_chunk():
    assert used(chunked("cat, " + "cat " * 73 + ", dog")) == [
        [CAT, COMMA] + [CAT] * 73,
        [COMMA, DOG],
    ]


def test_a_text_that_fills_its_chunk_opens_no_other():
    assert chunked("cat " * 75).count == 75
    assert len(chunked("cat " * 75).chunks) == 1
    assert len(chunked("cat " * 76).chunks) == 2


def test_breaks_pad_the_chunk_and_two_in_a_row_leave_an_empty_one():
    assert used(chunked("cat BREAK dog")) == [[CAT], [DOG]]
    assert used(chunked("cat BREAK BREAK dog")) == [[CAT], [], [DOG]]
    assert used(chunked("cat BREAK")) == [[CAT]]
    assert used(chunked("(cat BREAK dog)")) == [[CAT, 2568, DOG]]
    assert used(chunked("cat BREAK dog", emphasis="None")) == [[CAT, 2568, DOG]]


def test_a_change_of_weight_ends_a_word():
    assert used(chunked("(fe:1.2)male")) != used(chunked("female"))


def test_the_empty_text_is_one_empty_chunk():
    assert chunked("") == Chunks((EMPTY_CHUNK,), 0)


@pytest.mark.parametrize(
    ("emphasis", "weights"),
    [("Original", (1.0, 1.3)), ("No norm", (1.0, 1.3)), ("Ignore", (1.0, 1.0))],
)
def test_emphasis_modes_keep_or_drop_the_weights(emphasis: str, weights: tuple[float, ...]):
    (chunk,) = chunked("dog (cat:1.3)", emphasis=emphasis).chunks
    assert chunk.weights[1:3] == weights
    assert chunk.used == 2


def test_without_emphasis_brackets_are_text():
    assert chunked("(cat:1.3)", emphasis="None").count == 7


def test_embeddings_stand_for_their_vectors_longest_name_first():
    names = EmbeddingNames({"cat": 2, "cat dog": 3, "tinyemb": 2})
    chunks = chunked("dog Cat DOG (cat:1.2) tinyEMB", names)
    (chunk,) = chunks.chunks
    assert chunk.tokens[1:9] == (DOG, 0, 0, 0, 0, 0, 0, 0)
    assert chunk.weights[1:9] == (1.0, 1.0, 1.0, 1.0, 1.2, 1.2, 1.0, 1.0)
    assert chunk.embeddings == (
        EmbeddingUse(1, "cat dog"),
        EmbeddingUse(4, "cat"),
        EmbeddingUse(6, "tinyemb"),
    )


def test_an_embedding_that_no_longer_fits_opens_the_next_chunk():
    chunks = chunked("cat " * 74 + "dog cat", EmbeddingNames({"dog": 3}))
    assert used(chunks) == [[CAT] * 74, [0, 0, 0, CAT]]
    assert chunks.chunks[1].embeddings == (EmbeddingUse(0, "dog"),)


def test_an_embedding_moves_along_when_its_chunk_breaks_at_a_comma():
    chunks = chunked("cat " * 60 + ", dog " + "cat " * 20, EmbeddingNames({"dog": 3}))
    assert used(chunks) == [[CAT] * 60 + [COMMA], [0, 0, 0] + [CAT] * 20]
    assert [chunk.embeddings for chunk in chunks.chunks] == [(), (EmbeddingUse(0, "dog"),)]


def test_an_embedding_larger_than_a_chunk_is_cut():
    assert used(chunked("dog cat", EmbeddingNames({"dog": 100}))) == [[0] * 75, [CAT]]


def test_old_emphasis_reads_brackets_as_factors_and_numbers_as_text():
    chunks = chunked("dog (cat) [dog", old_emphasis=True)
    (chunk,) = chunks.chunks
    assert chunk.tokens[1:4] == (DOG, CAT, DOG)
    assert chunk.weights[1:4] == pytest.approx((1.0, 1.1, 1 / 1.1))
    assert chunked("(cat:1.3)", old_emphasis=True).count == 5


def test_old_emphasis_drops_what_exceeds_one_chunk():
    chunks = chunked("dog " + "cat " * 80, EmbeddingNames({"dog": 2}), old_emphasis=True)
    assert len(chunks.chunks) == 1
    assert chunks.chunks[0].tokens[1:77] == (0, 0) + (CAT,) * 73 + (END,)
    assert chunks.chunks[0].embeddings == (EmbeddingUse(0, "dog"),)


def test_other_models_pad_behind_the_first_end():
    (chunk,) = chunked("cat").chunks
    assert chunk.padded_with(0).tokens == (START, CAT, END) + (0,) * 74


@pytest.mark.parametrize("part", ["word, ", "(word:1.2), ", "a BREAK "])
def test_long_prompts_are_chunked_in_linear_time(part: str):
    assert grows_in_line(chunked, lambda times: part * times)
