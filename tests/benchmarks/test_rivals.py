"""Who takes part, and what a step paints, as they are told on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks import rivals
from benchmarks.options import SHAPES, Shape

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_a_rival_that_is_not_installed_is_left_out_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = rivals.Rival(label="Gone", module="no_such_module", package="no-such-package")
    monkeypatch.setattr(rivals, "RIVALS", {"here": rivals.Rival(label="Here"), "gone": gone})
    assert rivals.present(["here", "gone"]) == {"here"}
    told = capsys.readouterr().err
    assert told == "left out: Gone; the package no-such-package is not installed\n"


@pytest.mark.parametrize(
    ("words", "written"),
    [("512x832", "512×832"), ("512x832x1", "512×832"), ("256x128x4", "4 of 256×128")],
)
def test_a_shape_is_told_in_numbers(words: str, written: str) -> None:
    assert str(Shape.parse(words)) == written


@pytest.mark.parametrize("words", ["512", "512x512x1x1", "512xhigh"])
def test_what_is_no_shape_is_refused(words: str) -> None:
    with pytest.raises(ValueError, match=r"unpack|int"):
        Shape.parse(words)


def test_shapes_of_a_run_are_told_apart() -> None:
    names: Iterator[str] = map(str, SHAPES)
    assert len(set(names)) == len(SHAPES)
