"""How much work something is, counted: the same on every machine, however busy it is."""

from __future__ import annotations

import sys


def effort(act):
    """Calls of functions, those written in C included, that ``act()`` makes."""
    calls = 0

    def count(_frame, event, _argument):
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        act()
    finally:
        sys.setprofile(before)
    return calls


def grows_in_line(act, text, times=400):
    """Whether a text four times as long takes about four times the effort, and not sixteen.

    Args:
        act: Takes a text.
        text: Makes a text of ``times`` parts.
    """
    act(text(1))  # what is made once is no part of it
    return effort(lambda: act(text(4 * times))) <= 5 * effort(lambda: act(text(times)))
