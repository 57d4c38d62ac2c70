from __future__ import annotations

from velatura.models.memo import Memo


def test_what_was_used_last_is_kept() -> None:
    memo: Memo[str] = Memo(2)
    for key in ("a", "b", "a", "c"):
        assert memo.get(key, key, lambda key=key: key.upper()) == key.upper()
    assert memo.get("a", "a", lambda: "made again") == "A"
    assert memo.get("b", "b", lambda: "made again") == "made again"
