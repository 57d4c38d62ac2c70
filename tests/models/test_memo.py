"""What is kept beside what it was made of."""

from __future__ import annotations

from velatura.models.memo import Memo


def asked(memo: Memo[str], key: str, made: str) -> str:
    return memo.get(key, key, lambda: made)


def test_what_was_used_last_is_kept() -> None:
    memo: Memo[str] = Memo(2, len)
    for key in ("a", "b", "a", "c"):
        assert asked(memo, key, key.upper()) == key.upper()
    assert asked(memo, "a", "!") == "A"
    assert asked(memo, "b", "!") == "!"


def test_a_large_value_drives_out_as_many_as_it_needs() -> None:
    memo: Memo[str] = Memo(4, len)
    for key in ("a", "b", "c"):
        asked(memo, key, key)
    asked(memo, "long", "long"[:3])
    assert [asked(memo, key, "!") for key in ("c", "long")] == ["c", "lon"]
    assert asked(memo, "a", "!") == "!"


def test_what_is_larger_than_all_room_is_given_and_not_kept() -> None:
    memo: Memo[str] = Memo(3, len)
    assert asked(memo, "long", "long") == "long"
    assert asked(memo, "long", "!") == "!"
    assert asked(memo, "a", "a") == "a"
    assert asked(memo, "a", "!") == "a"
