from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.library.pictures import NOW, painted
from velatura.library.names import TOKENS, Occasion, file_stem, next_number, safe_stem
from velatura.records import Hires, Picture


def named(pattern: str, index: int | None = None, **settings: object) -> str:
    return file_stem(pattern, Occasion(painted(**settings), NOW, index))  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("pattern", "stem"),
    [
        ("[seed]", "42"),
        ("[SEED]", "42"),
        ("[seed]-[prompt_spaces]", "42-a cat"),
        ("[date]_[seed]", "2026-11-22_42"),
        ("[datetime]", "20261122090507"),
        ("[datetime<%H-%M>]", "09-05"),
        ("[width]x[height]", "24x16"),
        ("[steps]-[cfg]-[sampler]", "20-7.0-DPM++ 2M"),
        ("[sampler_scheduler]", "DPM++ 2M"),
        ("[model_name] [model_hash]", "tiny-sd15 9916ddf1da"),
        ("[[model_name]]_[seed]", "[tiny-sd15]_42"),
        ("[seed]-[vae_filename]", "42"),
        ("[seed]-[batch_number]", "42"),
        ("[seed]-[denoising]-end", "42-end"),
        ("[prompt_words<1>]", "a"),
        ("[hasprompt<cat|none><dog|no dog>]", "catno dog"),
        ("[mood]-[seed]", "[mood]-42"),
        ("[seed][none]", "42"),
        ("", ""),
    ],
)
def test_tokens_are_filled_in(pattern: str, stem: str) -> None:
    assert named(pattern) == stem


def test_tokens_of_a_batch_and_of_hires_apply_there() -> None:
    assert named("[seed]-[batch_number]", index=2) == "42-3"
    assert named("[denoising]", hires=Hires(strength=0.4)) == "0.4"
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{12}", named("[prompt_hash]-[image_hash<12>]"))


@given(st.text(max_size=400))
@example("../../etc/passwd")
@example("..\\..\\windows\\system32")
@example("C:\\con")
@example("con.txt")
@example("LPT1")
@example("-rf /")
@example(".. . . hidden. ")
@example("a\x00b\nc\td")
@example("\u202egnp.exe")
@example("漢" * 300)
@example("🐈" * 200)
@example("e\u0301" * 300)
@example("\ud800")
def test_no_prompt_makes_a_harmful_name(prompt: str) -> None:
    for stem in (safe_stem(prompt), named("[prompt]", prompt=prompt)):
        name = f"00001-{stem}.png"
        assert len(stem) <= 129
        assert len(name.encode()) < 255
        assert not re.search(r'[/\\:*?"<>|\x00-\x1f]', stem)
        assert not stem.startswith((".", "-", " "))
        assert not stem.endswith((".", " "))
        assert not re.match(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", stem, re.IGNORECASE)
        for each in (name, stem or "x"):
            assert (Path("/out") / each).resolve().parent == Path("/out")


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_pattern_makes_a_harmful_name(pattern: str, prompt: str) -> None:
    stem = named(f"[prompt]{pattern}[seed]", prompt=prompt)
    assert (Path("/out") / (stem or "x")).resolve().parent == Path("/out")
    assert not stem.startswith((".", "-"))


def test_a_safe_name_stays_as_it_is() -> None:
    assert safe_stem("Käfer, 3. Teil (neu)") == "Käfer, 3. Teil (neu)"
    assert safe_stem(safe_stem("a/b: c.")) == safe_stem("a/b: c.") == "a_b_ c"


def test_every_token_gives_text_or_nothing() -> None:
    picture: Picture = painted()
    for token in TOKENS:
        for argument in ("", "<>", "<x|y>", "<999999999>", "<%>"):
            assert "[" not in file_stem(f"[{token}{argument}]", Occasion(picture, NOW))


@pytest.mark.parametrize(
    ("names", "number"),
    [
        ([], 1),
        (["notes.txt", "-3.png"], 1),
        (["00001-a.png", "00007-b.jpg", "3.png"], 8),
        (["99999-a.png"], 100000),
        (["20261122090507-a.png"], 1),
    ],
)
def test_numbers_go_on_after_the_largest(names: list[str], number: int) -> None:
    assert next_number(names) == number
