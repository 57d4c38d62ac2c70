"""A comparison as one HTML file: no other file, no script, no connection.

Pictures are within it and carry their stories; a click enlarges one and shows its settings. What
prompts and labels say is text and nothing else: it is escaped, and the page's own policy forbids
scripts and loading.
"""

from __future__ import annotations

import base64
import unicodedata
from html import escape
from typing import TYPE_CHECKING

from velatura.metadata import Encoding, encode_picture, format_infotext

if TYPE_CHECKING:
    from collections.abc import Iterable

    from velatura.compare.comparison import Cell, Comparison, Heading
    from velatura.compare.outcomes import Outcome
    from velatura.records import Picture

Place = tuple[int, int, int]
"""Page, row and column."""

MIME_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp"}

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
_STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1c1c1c; --faint: #767676; --line: #ddd }
@media (prefers-color-scheme: dark) {
  :root { --paper: #161616; --ink: #ececec; --faint: #8c8c8c; --line: #383838 }
}
body { margin: 1rem; background: var(--paper); color: var(--ink);
  font: 15px/1.4 system-ui, sans-serif }
h1 { font-size: 1.2rem; overflow-wrap: anywhere }
h2, h3 { font-size: 1rem }
.scroll { overflow: auto; max-height: 95vh }
table { border-collapse: separate; border-spacing: 4px }
th { font-weight: 500; background: var(--paper); overflow-wrap: anywhere; white-space: pre-line }
thead th { position: sticky; top: 0; z-index: 2; vertical-align: bottom }
tbody th { position: sticky; left: 0; z-index: 1; text-align: right; max-width: 16rem }
td { vertical-align: middle; text-align: center }
td p { max-width: 16rem; color: var(--faint); overflow-wrap: anywhere }
s { color: var(--faint) }
figure { margin: 0 }
figure img { display: block; max-width: min(256px, 40vw); height: auto; margin: auto }
figcaption { display: none }
figure:target { position: fixed; inset: 0; z-index: 3; overflow: auto; padding: 1rem;
  background: var(--paper) }
figure:target img { max-width: none; width: 100%; height: 78vh; object-fit: contain }
figure:target figcaption { display: block; max-width: 60rem; margin: 1rem auto; text-align: left }
nav { display: flex; gap: 1.5rem; justify-content: center; margin-bottom: 1rem }
nav a { color: inherit; padding: .2rem .6rem; border: 1px solid var(--line); border-radius: .3rem }
pre { white-space: pre-wrap; overflow-wrap: anywhere }
"""


def format_html(
    comparison: Comparison,
    outcomes: Iterable[Outcome],
    *,
    title: str,
    encoding: Encoding | None = None,
) -> str:
    """The page.

    Args:
        comparison: The table.
        outcomes: What became of its cells.
        title: What stands above it.
        encoding: How pictures are written; where not given, as WebP of high quality.
    """
    encoding = encoding or Encoding(format="webp", quality=90)
    done = {_place(outcome.cell): outcome for outcome in outcomes}
    order = [place for place in sorted(done) if done[place].picture is not None]
    beside = {
        place: (order[number - 1], order[(number + 1) % len(order)])
        for number, place in enumerate(order)
    }
    cells: dict[Place, str] = {}
    for place, outcome in done.items():
        name = comparison.name_of(outcome.cell)
        if outcome.picture is None:
            cells[place] = f"<td><p>{_text(str(outcome.error or ''))}</p></td>"
        else:
            cells[place] = _cell(name, place, beside[place], outcome.picture, encoding)
    sections = "".join(_section(comparison, page, cells) for page in range(len(comparison.pages)))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_text(title)}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<h1>{_text(title)}</h1>\n{sections}</body>\n</html>\n"
    )


def _place(cell: Cell) -> Place:
    return cell.page, cell.row, cell.column


def _section(comparison: Comparison, page: int, cells: dict[Place, str]) -> str:
    """One page of the comparison as a table."""
    heading = _heading(comparison.pages[page])
    above = "".join(f'<th scope="col">{_heading(each)}</th>' for each in comparison.columns)
    rows = "".join(
        f'<tr><th scope="row">{_heading(heading)}</th>'
        + "".join(
            cells.get((page, row, column), "<td></td>") for column in range(len(comparison.columns))
        )
        + "</tr>\n"
        for row, heading in enumerate(comparison.rows)
    )
    return (
        f"<section>\n{f'<h2>{heading}</h2>' if heading else ''}\n"
        f'<div class="scroll"><table>\n<thead><tr><td></td>{above}</tr></thead>\n'
        f"<tbody>\n{rows}</tbody>\n</table></div>\n</section>\n"
    )


def _heading(heading: Heading) -> str:
    """Labels, a line each; those that do not hold are struck out."""
    lines = (f"<bdi>{_text(label.text)}</bdi>" for label in heading)
    marked = (
        line if label.is_active else f"<s>{line}</s>"
        for line, label in zip(lines, heading, strict=True)
    )
    return "<br>".join(marked)


def _cell(
    name: str, place: Place, beside: tuple[Place, Place], picture: Picture, encoding: Encoding
) -> str:
    """A picture that can be enlarged, with its settings and ways to the ones before and after."""
    encoded = encode_picture(picture, encoding)
    data = base64.b64encode(encoded.data).decode("ascii")
    height, width = picture.pixels.shape[:2]
    before, after = beside
    return (
        f'<td id="{_id("cell", place)}"><figure id="{_id("picture", place)}">'
        f'<a href="#{_id("picture", place)}"><img width="{width}" height="{height}" '
        f'alt="{_text(name)}" src="data:{MIME_TYPES[encoded.suffix]};base64,{data}"></a>'
        f'<figcaption><nav><a href="#{_id("picture", before)}">previous</a>'
        f'<a href="#{_id("cell", place)}">close</a>'
        f'<a href="#{_id("picture", after)}">next</a></nav>'
        f"<h3><bdi>{_text(name)}</bdi></h3><pre>{_text(format_infotext(picture))}</pre>"
        f"</figcaption></figure></td>"
    )


def _id(kind: str, place: Place) -> str:
    return "-".join((kind, *map(str, place)))


def _text(text: str) -> str:
    """Text that stands for nothing but itself; characters that do not show become a mark."""
    shown = (
        sign if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs", "Cn") else "\ufffd"
        for sign in text
    )
    return escape("".join(shown), quote=True)
