"""The sheets of a comparison: pictures in their places, words at the sides."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from velatura import FakeEngine, ModelUse
from velatura.compare import (
    Cell,
    Comparison,
    Grid,
    Label,
    Matrix,
    Outcome,
    draw_sheets,
    paint_cells,
    plan_grid,
    plan_matrix,
    read_axis,
)
from velatura.compare.legend import FAINT, INK, SMALLEST_PX, set_heading
from velatura.errors import OutOfMemory, RequestError
from velatura.metadata import parse_infotext
from velatura.records import Txt2Img

BASE = Txt2Img(prompt="a red cat", seed=1, width=128, height=64, steps=1)


def plan(**axes):
    read = {name: read_axis(text, Txt2Img) for name, text in axes.items()}
    return plan_grid(Grid(base=BASE, **read), lambda: 7)


def paint(comparison) -> list[Outcome]:
    events = paint_cells(
        comparison, FakeEngine(models=(ModelUse(kind="checkpoint", name="m", hash="h"),))
    )
    return [event for event in events if isinstance(event, Outcome)]


def draw(comparison, outcomes, **settings):
    return [sheet.pixels for sheet in draw_sheets(comparison, outcomes, **settings)]


def darkest(pixels) -> int:
    return int(pixels.max(axis=2).min())


def has(pixels, ink) -> bool:
    """Whether the darkest there is ink of that shade; thin letters are paler than their ink."""
    return {INK: darkest(pixels) < 120, FAINT: 120 <= darkest(pixels) < 230}[ink]


def test_without_words_a_sheet_is_the_pictures_in_rows_and_columns():
    comparison = plan(x="Seed: 1-3", y="Prompt S/R: cat, dog")
    outcomes = paint(comparison)
    (sheet,) = draw(comparison, outcomes, is_labelled=False)
    assert sheet.shape == (2 * 64, 3 * 128, 3)
    for outcome in outcomes:
        top, left = outcome.cell.row * 64, outcome.cell.column * 128
        np.testing.assert_array_equal(
            sheet[top : top + 64, left : left + 128], outcome.picture.pixels
        )


def test_words_stand_above_and_in_a_margin_of_three_quarters_of_a_cell():
    comparison = plan(x="Seed: 1-3", y="Prompt S/R: cat, dog")
    outcomes = paint(comparison)
    (plain,) = draw(comparison, outcomes, is_labelled=False)
    (sheet,) = draw(comparison, outcomes)
    top, left = sheet.shape[0] - 128, sheet.shape[1] - 384
    assert left == 96
    assert top > 0
    np.testing.assert_array_equal(sheet[top:, left:], plain)
    assert (sheet[:top, :left] == 255).all()
    for column in range(3):
        assert has(sheet[:top, left + 128 * column : left + 128 * (column + 1)], INK)
    for row in range(2):
        assert has(sheet[top + 64 * row : top + 64 * (row + 1), :left], INK)


def test_a_side_that_is_not_varied_takes_no_room():
    comparison = plan(x="Seed: 1-3")
    (sheet,) = draw(comparison, paint(comparison))
    assert sheet.shape[1] == 3 * 128
    comparison = plan(y="Seed: 1-3")
    (sheet,) = draw(comparison, paint(comparison))
    assert sheet.shape == (3 * 64, 96 + 128, 3)


def test_each_page_has_its_sheet_and_one_shows_them_all():
    comparison = plan(x="Seed: 1-2", z="Steps: 1-3")
    *pages, whole = draw(comparison, paint(comparison))
    assert len(pages) == 3
    height, width = pages[0].shape[:2]
    assert whole.shape[1] == 3 * width
    for page, sheet in enumerate(pages):
        np.testing.assert_array_equal(whole[-height:, page * width : (page + 1) * width], sheet)
    assert has(whole[:-height], INK)


def test_pictures_can_stand_apart():
    comparison = plan(x="Seed: 1-3", y="Steps: 1-2")
    (sheet,) = draw(comparison, paint(comparison), is_labelled=False, gap_px=10)
    assert sheet.shape == (2 * 64 + 10, 3 * 128 + 20, 3)
    assert (sheet[64:74] == 255).all()
    assert (sheet[:, 128:138] == 255).all()


def test_smaller_pictures_stand_in_the_middle_of_their_cell():
    comparison = plan(x="Size: 128x64, 64x32")
    outcomes = paint(comparison)
    (sheet,) = draw(comparison, outcomes, is_labelled=False)
    assert sheet.shape == (64, 256, 3)
    np.testing.assert_array_equal(sheet[16:48, 160:224], outcomes[1].picture.pixels)
    assert (sheet[:16, 128:] == 255).all()


def test_a_failed_cell_is_blank_but_for_its_error():
    comparison = plan(x="Seed: 1-2")
    good, bad = paint(comparison)
    bad = replace(bad, picture=None, error=OutOfMemory("not enough memory"))
    (sheet,) = draw(comparison, [good, bad], is_labelled=False)
    blank = sheet[:, 128:]
    assert (blank == 255).mean() > 0.7
    assert has(blank, INK)
    with pytest.raises(RequestError, match="needs at least one picture"):
        draw_sheets(comparison, [replace(good, picture=None), bad])


def test_parts_that_do_not_hold_are_struck_out():
    comparison = plan_matrix(Matrix(base=replace(BASE, prompt="a|ink|fog")), lambda: 0)
    (sheet,) = draw(comparison, paint(comparison))
    top, left = sheet.shape[0] - 128, sheet.shape[1] - 256
    without, with_ink = sheet[:top, left : left + 128], sheet[:top, left + 128 :]
    assert has(without, FAINT)
    assert has(with_ink, INK)


@pytest.mark.parametrize(
    "text",
    [
        "Seed: 1",
        "a long list of words " * 30,
        "x" * 5000,
        "",
        " \n\t ",
        "漢字 🐈 \x00\x1b[31m \ud800",
    ],
)
def test_any_words_fit_their_place(text):
    block = set_heading((Label(text), Label("b", is_active=False)), 40, 120, 80)
    assert block.height <= 80
    assert all(block.font.getlength(line) <= 120 for line, _ in block.lines)


def test_letters_are_as_large_as_they_can_be():
    size = [
        set_heading((Label(text),), 40, 300, 100).leading * 4 // 5 for text in ("a", "word " * 40)
    ]
    assert size[0] == 40
    assert SMALLEST_PX <= size[1] < 40
    tall = set_heading((Label("one two three four"),), 20, 60, 400)
    assert len(tall.lines) > 1


def test_sheets_tell_the_settings_of_their_first_picture_and_what_is_varied():
    comparison = plan(x="Steps: 1-2", y="Seed: -1, 5", z="Prompt S/R: cat, dog")
    sheets = draw_sheets(comparison, paint(comparison)[::-1])
    first, second, whole = (parse_infotext(sheet.infotext) for sheet in sheets)
    assert [told.prompt for told in (first, second, whole)] == [
        "a red cat",
        "a red dog",
        "a red cat",
    ]
    told = {key: first.fields.get(key) for key in ("Script", "X Type", "X Values", "Z Type")}
    assert told == {"Script": "X/Y/Z plot", "X Type": "Steps", "X Values": "1-2", "Z Type": None}
    assert (first.fields["Steps"], first.fields["Fixed Y Values"]) == ("1", "7, 5")
    assert list(first.fields)[-1] == "Version"
    assert (whole.fields["Z Type"], whole.fields["Z Values"]) == ("Prompt S/R", "cat, dog")
    assert whole.fields["Model"] == "m"


def test_a_sheet_of_failures_tells_nothing():
    comparison = plan(x="Seed: 1-2", z="Steps: 1-2")
    outcomes = [
        outcome if outcome.cell.page else replace(outcome, picture=None)
        for outcome in paint(comparison)
    ]
    first, second, whole = (sheet.infotext for sheet in draw_sheets(comparison, outcomes))
    assert first == ""
    assert "Steps: 2" in second
    assert "Steps: 2" in whole


def test_a_comparison_needs_a_cell_and_may_have_gaps():
    with pytest.raises(RequestError, match="at least one cell"):
        Comparison(columns=((),), rows=((),), cells=())
    gaps = Comparison(columns=((), ()), rows=((), ()), cells=(Cell(column=1, row=1, request=BASE),))
    (sheet,) = draw(gaps, paint(gaps))
    assert sheet.shape == (128, 256, 3)
    assert (sheet[:64] == 255).all()
