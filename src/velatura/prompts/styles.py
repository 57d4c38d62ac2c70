"""Saved styles: pieces of prompt and negative prompt under a name, kept in CSV files.

A style that contains ``{prompt}`` is put around the prompt, any other is added behind a comma.
The files are those of A1111: UTF-8 with a byte order mark, header
``name,prompt,negative_prompt``; files of before 2023 say ``text`` for ``prompt``.
"""

from __future__ import annotations

import csv
import io
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from velatura.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

_PLACEHOLDER: Final = "{prompt}"
_COLUMNS: Final = ("name", "prompt", "negative_prompt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """A saved style.

    Attributes:
        name: Its name.
        prompt: What it adds to the prompt; may be empty.
        negative_prompt: What it adds to the negative prompt; may be empty.
    """

    name: str
    prompt: str = ""
    negative_prompt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unstyled:
    """Prompts with their styles taken out.

    Attributes:
        prompt: What is left of the prompt.
        negative_prompt: What is left of the negative prompt.
        styles: Names of the styles found, in the order in which they were applied.
    """

    prompt: str
    negative_prompt: str
    styles: tuple[str, ...]


def read_styles(*paths: Path) -> dict[str, Style]:
    """The styles of one or more files by name, in order; a later file wins.

    Rows whose name starts with ``#`` are skipped.

    Raises:
        RequestError: if a file cannot be read or is not such a CSV file.
    """
    styles: dict[str, Style] = {}
    for path in paths:
        try:
            text = path.read_text(encoding="utf-8-sig")
            rows = list(csv.DictReader(io.StringIO(text, newline=""), skipinitialspace=True))
        except OSError as error:
            raise RequestError(f"{path}: styles cannot be read: {error.strerror}") from error
        except (UnicodeDecodeError, csv.Error) as error:
            raise RequestError(f"{path} is not a styles file: {error}") from error
        for row in rows:
            name = row.get("name") or ""
            if not name or name.startswith("#"):
                continue
            prompt = row.get("prompt") or row.get("text") or ""
            negative = row.get("negative_prompt") or ""
            styles[name] = Style(name=name, prompt=prompt, negative_prompt=negative)
    return styles


def write_styles(path: Path, styles: Iterable[Style]) -> None:
    """Write a styles file; the one that was there is kept as ``<name>.bak``."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(_COLUMNS)
    writer.writerows((style.name, style.prompt, style.negative_prompt) for style in styles)
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(buffer.getvalue(), encoding="utf-8-sig", newline="")
    if path.exists():
        shutil.copy2(path, path.with_name(path.name + ".bak"))
    fresh.replace(path)


def merge_style(style: str, text: str) -> str:
    """One style's text merged into a prompt.

    >>> merge_style("oil on canvas", "a cat"), merge_style("a painting of {prompt}", "a cat")
    ('a cat, oil on canvas', 'a painting of a cat')
    """
    if _PLACEHOLDER in style:
        return style.replace(_PLACEHOLDER, text)
    return ", ".join(part for part in (text.strip(), style.strip()) if part)


def apply_styles(
    prompt: str, negative_prompt: str, names: Sequence[str], styles: Mapping[str, Style]
) -> tuple[str, str]:
    """Prompt and negative prompt with styles merged in, from left to right.

    Raises:
        RequestError: if there is no style of a name.
    """
    for name in names:
        if name not in styles:
            known = ", ".join(styles) or "none"
            raise RequestError(f"no style is called {name!r} (known: {known})", field="styles")
        prompt = merge_style(styles[name].prompt, prompt)
        negative_prompt = merge_style(styles[name].negative_prompt, negative_prompt)
    return prompt, negative_prompt


def extract_styles(prompt: str, negative_prompt: str, styles: Mapping[str, Style]) -> Unstyled:
    """Prompts with every known style taken out again, the last one applied first."""
    found: list[str] = []
    while True:
        for style in styles.values():
            shorter = _without(style, prompt, negative_prompt)
            if shorter is not None:
                prompt, negative_prompt = shorter
                found.append(style.name)
                break
        else:
            return Unstyled(
                prompt=prompt, negative_prompt=negative_prompt, styles=tuple(reversed(found))
            )


def _without(style: Style, prompt: str, negative_prompt: str) -> tuple[str, str] | None:
    """Both prompts without a style; None where it is not in both, or takes nothing away."""
    positive = _without_text(style.prompt, prompt)
    negative = _without_text(style.negative_prompt, negative_prompt)
    if positive is None or negative is None:
        return None
    shorter = len(positive) + len(negative) < len(prompt) + len(negative_prompt)
    is_empty = not (style.prompt or style.negative_prompt)
    return (positive, negative) if shorter and not is_empty else None


def _without_text(style: str, text: str) -> str | None:
    if not style:
        return text
    text = text.strip()
    if _PLACEHOLDER in style:
        before, after = style.strip().split(_PLACEHOLDER, 1)
        if text.startswith(before) and text.removeprefix(before).endswith(after):
            return text.removeprefix(before).removesuffix(after)
        return None
    style = style.strip()
    return text.removesuffix(style).removesuffix(", ") if text.endswith(style) else None
