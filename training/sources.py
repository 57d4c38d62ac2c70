"""The packages' pictures: an emoji (or a photograph's path) in, an RGBA picture out.

Each source is a style; its licence stands beside it and travels into the index of pictures.
"""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import resvg_py  # pyright: ignore[reportMissingImports] - only the recipe needs it
from PIL import Image

from training.filters import as_photographed, line_art
from training.licences import free_files
from training.qt_archives import read_qt_archive

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

SVG = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


@dataclass(frozen=True, slots=True)
class Source:
    """One set of emoji: its style, its licence, and its pictures by code point."""

    style: str
    package: str
    licence: str
    pictures: Mapping[str, Callable[[int], Image.Image]]


def code_key(code: str) -> str:
    """Return a code point sequence in one spelling, without variation selectors.

    >>> code_key("2764-FE0F")
    '2764'
    """
    return "-".join(part for part in code.lower().split("-") if part != "fe0f")


def render_svg(svg: str, side: int) -> Image.Image:
    """Rasterise an SVG into a square RGBA picture."""
    png = resvg_py.svg_to_bytes(svg_string=svg, width=side, height=side, dpi=96.0)
    return Image.open(io.BytesIO(bytes(png))).convert("RGBA")


def render_svg_file(file: Path, side: int) -> Image.Image:
    """Rasterise an SVG file into a square RGBA picture."""
    return render_svg(file.read_text(encoding="utf-8"), side)


def _open(path: Path, side: int) -> Image.Image:
    return Image.open(path).convert("RGBA").resize((side, side), Image.Resampling.LANCZOS)


def fluent_3d(folder: Path) -> Source:
    """Fluent Emoji, rendered in three dimensions."""
    files = sorted(folder.glob("package/assets/*.webp"))
    pictures = {code_key(f.stem): partial(_open, f) for f in files}
    return Source("3d", "@lobehub/fluent-emoji-3d", "MIT", pictures)


def fluent_flat(folder: Path) -> Source:
    """Fluent Emoji, flat vectors."""
    icons = json.loads((folder / "package/icons.json").read_text(encoding="utf-8"))
    chars = json.loads((folder / "package/chars.json").read_text(encoding="utf-8"))
    box = f'viewBox="0 0 {icons["width"]} {icons["height"]}"'
    bodies = {
        code_key(code): f"<svg {SVG} {box}>{icons['icons'][name]['body']}</svg>"
        for code, name in chars.items()
        if name in icons["icons"]
    }
    pictures = {k: partial(render_svg, svg) for k, svg in bodies.items()}
    return Source("flat", "@iconify-json/fluent-emoji-flat", "MIT", pictures)


def noto(folder: Path) -> Source:
    """Noto Emoji, cut out of its sprite sheet."""
    sheet = (folder / "package/sprites/all.svg").read_text(encoding="utf-8")
    bodies = {
        code_key(code): f'<svg {SVG} viewBox="0 0 128 128">{body}</svg>'
        for code, body in re.findall(
            r'<svg [^>]*?id="([0-9A-F-]+)"[^>]*>(.*?)</svg>', sheet, re.DOTALL
        )
    }
    pictures = {k: partial(render_svg, svg) for k, svg in bodies.items()}
    return Source("noto", "@svgmoji/noto", "Apache-2.0", pictures)


def twemoji(folder: Path) -> Source:
    """Twemoji, flat illustrations."""
    files = sorted(folder.glob("package/*.svg"))
    pictures = {code_key(f.stem): partial(render_svg_file, f) for f in files}
    return Source("twemoji", "@twemoji/svg", "CC-BY-4.0", pictures)


def _filtered(
    original: Callable[[int], Image.Image], change: Callable[[Image.Image], Image.Image], side: int
) -> Image.Image:
    return change(original(side))


def filtered(source: Source, style: str, change: Callable[[Image.Image], Image.Image]) -> Source:
    """Return a set in another style: every picture of a source, changed."""
    pictures = {k: partial(_filtered, make, change) for k, make in source.pictures.items()}
    return Source(style, source.package, source.licence, pictures)


def emoji_sources(unpacked: Path) -> tuple[Source, ...]:
    """Return the four emoji sets, and two more that are made of them."""
    rendered = fluent_3d(unpacked / "lobehub-fluent-emoji-3d")
    cartoon = noto(unpacked / "svgmoji-noto")
    return (
        rendered,
        fluent_flat(unpacked / "iconify-json-fluent-emoji-flat"),
        cartoon,
        twemoji(unpacked / "twemoji-svg"),
        filtered(cartoon, "line", line_art),
        filtered(rendered, "photo", as_photographed),
    )


def photographs(unpacked: Path) -> dict[str, Image.Image]:
    """Return the public-domain and CC0 photographs of gcompris-qt-data by path in its archives."""
    root = "/gcompris/src/activities/"
    folder = unpacked / "gcompris-qt-data/usr/share/gcompris-qt/rcc"
    files: dict[str, bytes] = {}
    for archive in sorted(folder.glob("*.rcc")):
        files |= {name.removeprefix(root): raw for name, raw in read_qt_archive(archive)}
    found: dict[str, Image.Image] = {}
    for readme in [name for name in files if name.endswith("/README")]:
        text = files[readme].decode("utf-8", errors="replace")
        for name in free_files(text):
            path = f"{readme.removesuffix('/README')}/{name}"
            if path in files:
                found[path] = Image.open(io.BytesIO(files[path])).convert("RGB")
    return found
