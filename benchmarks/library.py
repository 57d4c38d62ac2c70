"""How quickly folders are imported, and a large library searched, on SQLite."""

from __future__ import annotations

import os
import random
from statistics import quantiles
from time import perf_counter, process_time, thread_time, time
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from benchmarks.rows import Row
from velatura.database import migrate, open_database, sqlite_url
from velatura.library.index import Facts, Find, Library, Place, shelve

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.options import Options
    from velatura.database import Database

PICTURES = 100_000
FILES = 800
SIDE = 512
AT_ONCE = 1000
ROUNDS = 5

SAMPLERS = ("Euler a", "DPM++ 2M", "DDIM", "Heun", "UniPC", "LMS")
QUERIES = (
    *("", "masterpiece", "word1 word2", "word1 word2900", '"word1 word3"', "wor*", "-masterpiece"),
    *('sampler:"euler a"', 'sampler:"euler a" checkpoint:model3 rating:>=4', "checkpoint:nosuch"),
    *("sampler:ddim width:640", "seed:5", "lora:ink rating:5", "date:2022-01", "is:trashed"),
    *("height:700..800 steps:>25 kind:img2img", "masterpiece sampler:nosuch"),
    *("checkpoint:*9 -lora:ink", "size:512x768 masterpiece word5", "negative:blurry"),
)
"""Searches of every kind, the worst ones for an index among them: what nearly all pictures have,
and what none has."""


def library(options: Options) -> list[Row]:
    """Rows about the library."""
    rows = _importing(options.folder)
    database = open_database(sqlite_url(options.folder / "library.db"))
    migrate(database)
    fill(database)
    shelf = Library(database, options.folder / "home", options.folder / "thumbnails")
    rows += _searching(shelf)
    database.close()
    return rows


def _importing(folder: Path) -> list[Row]:
    outputs = folder / "outputs"
    _paint(outputs)
    rows: list[Row] = []
    for what, options in (("", {}), (", with thumbnails", {"with_thumbnails": True})):
        database = open_database(sqlite_url(folder / f"import{len(rows)}.db"))
        migrate(database)
        shelf = Library(database, folder / "home", folder / f"thumbnails{len(rows)}")
        before, own = _processor_s(), perf_counter()
        *_, last = shelf.bring_in(outputs, processes=2, **options)
        wall_s, processor_s = perf_counter() - own, _processor_s() - before
        assert last.added == FILES
        each_ms = 1e3 * wall_s / FILES
        rows += [
            Row(
                what=f"Import of {SIDE}×{SIDE} PNG files{what}, each",
                values=[each_ms],
                unit="ms",
                bar=5.0,
                note=f"{1e3 / each_ms:.0f} pictures a second, two processes and their start",
            ),
            Row(
                what="... in processor time, over two cores",
                values=[1e3 * processor_s / FILES / 2],
                unit="ms",
            ),
        ]
        own = perf_counter()
        *_, last = shelf.bring_in(outputs, processes=2)
        again_s = perf_counter() - own
        assert last.unchanged == FILES
        database.close()
    return [
        *rows,
        Row(
            what="... imported again, nothing new, each", values=[1e3 * again_s / FILES], unit="ms"
        ),
    ]


def _searching(shelf: Library) -> list[Row]:
    rows: list[Row] = []
    for order in ("newest", "rating"):
        walls: list[float] = []
        worst, longest = "", 0.0
        processor: list[float] = []
        for query in QUERIES:
            wall_ms, processor_ms = _timed(shelf, query, order)
            walls.append(wall_ms)
            processor.append(processor_ms)
            if processor_ms > longest:
                worst, longest = query, processor_ms
        rows += [
            Row(
                what=f"The slowest of {len(QUERIES)} searches of {PICTURES:,}, {order} first",
                values=[max(walls)],
                unit="ms",
                bar=50.0,
            ),
            Row(
                what="... in processor time",
                values=[max(processor)],
                unit="ms",
                bar=50.0,
                note=f"`{worst}`",
            ),
            Row(what="... median of all of them", values=[quantiles(walls, n=2)[0]], unit="ms"),
        ]
    return [*rows, _paging(shelf)]


def _paging(shelf: Library) -> Row:
    """Pages far from the beginning cost what the first one does."""
    cursor = ""
    spent: list[float] = []
    for _ in range(200):
        began = perf_counter()
        cursor = shelf.search(limit=500, cursor=cursor).next
        spent.append(1e3 * (perf_counter() - began))
    return Row(
        what="A page of 500 pictures, p99 of all 200",
        values=[quantiles(spent, n=100)[98]],
        unit="ms",
        bar=50.0,
    )


def _timed(shelf: Library, query: str, order: str) -> tuple[float, float]:
    """Milliseconds of a page of 50: of wall time and of processor time, the median of each."""
    walls: list[float] = []
    processor: list[float] = []
    for _ in range(ROUNDS):
        wall, own = perf_counter(), thread_time()
        shelf.search(query, order=order)
        walls.append(1e3 * (perf_counter() - wall))
        processor.append(1e3 * (thread_time() - own))
    return quantiles(walls, n=2)[0], quantiles(processor, n=2)[0]


def fill(database: Database) -> None:
    """Put :data:`PICTURES` pictures without files into a library."""
    random_source = random.Random(1)
    for start in range(0, PICTURES, AT_ONCE):
        found = [_find(number, random_source) for number in range(start, start + AT_ONCE)]
        with database.writing() as connection:
            shelve(connection, found, time())


def _find(number: int, draw: random.Random) -> Find:
    """A picture of 40 words, most of them common, some rare; two in three a masterpiece."""
    words = [f"word{int(3000 * draw.random() ** 6)}" for _ in range(40)]
    praise = ["masterpiece"] if draw.random() < 2 / 3 else []
    prompt = ", ".join(praise + words)
    facts = Facts(
        id=f"{number:064x}",
        width=512,
        height=draw.choice((512, 768)),
        kind=draw.choice(("txt2img", "img2img")),
        checkpoint=f"model{draw.randrange(30)}",
        sampler=draw.choice(SAMPLERS),
        seed=draw.randrange(2**32),
        steps=draw.choice((20, 30)),
        cfg=7.0,
        prompt=prompt,
        negative_prompt="bad hands, blurry",
        infotext=prompt * 2,
        request=prompt * 3,
        loras=("ink",) if draw.random() < 0.1 else (),
    )
    changed = int((1.60e9 + draw.random() * 1e8) * 1e9)
    place = Place(root="/outputs", path=f"{number}.png", bytes=400_000, changed=changed)
    return Find(facts=facts, place=place)


def _paint(outputs: Path) -> None:
    """Files such as the web UI writes: soft shapes with some grain, about 400 kB each."""
    outputs.mkdir()
    draw = np.random.default_rng(1)
    noise = draw.integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
    soft = 128 + 6 * (cv2.GaussianBlur(noise, (0, 0), 6).astype(np.float64) - 128)
    for seed in range(FILES):
        grain = draw.integers(-3, 4, soft.shape)
        told = PngInfo()
        told.add_text(
            "parameters",
            f"a cat in a garden, masterpiece\nNegative prompt: blurry\nSteps: 20, "
            f"Sampler: Euler a, CFG scale: 7, Seed: {seed}, Size: {SIDE}x{SIDE}, Model: dream, "
            "Version: v1.10.1",
        )
        pixels = np.clip(soft + grain, 0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(outputs / f"{seed:05}.png", pnginfo=told, compress_level=4)


def _processor_s() -> float:
    """Of this process and of those that it has waited for."""
    spent = os.times()
    return process_time() + spent.children_user + spent.children_system
