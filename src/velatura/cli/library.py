"""``velatura library``: pictures brought into the studio's library, and found there."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.table import Table

from velatura.cli.options import AsJson
from velatura.cli.terminal import literal, note, say
from velatura.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Generator

    from velatura.jobs import Queue
    from velatura.library.index import Entry, ImportProgress, Library, Page

DataDir = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="The studio's folder. Also VELATURA_DATA_DIR."),
]
Order = Literal["newest", "oldest", "rating"]


def library(
    task: Annotated[Literal["import", "search"], typer.Argument(help="What to do.")],
    what: Annotated[
        str,
        typer.Argument(
            help="A folder to import; if not given: the studio's own, looked through. Or what to "
            'look for, such as: red hair -hat sampler:"Euler a" rating:>=3'
        ),
    ] = "",
    is_copied: Annotated[
        bool, typer.Option("--copy", metavar="", help="Import copies; else files stay in place.")
    ] = False,
    with_thumbnails: Annotated[
        bool, typer.Option("--thumbnails", metavar="", help="Make thumbnails while importing.")
    ] = False,
    order: Annotated[
        Order, typer.Option(metavar="NAME", help="Which first: newest, oldest or rating.")
    ] = "newest",
    limit: Annotated[int, typer.Option(min=1, max=500, metavar="N", help="Pictures to show.")] = 20,
    cursor: Annotated[
        str, typer.Option(metavar="TEXT", help="Go on where a search ended, as it told.")
    ] = "",
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Bring a folder of pictures into the studio's library, or find pictures there.

    What is known already is not read again, so an import can be repeated at any time. Links are not
    followed. Files that cannot be read are told of.
    """
    with _opened(data_dir) as (queue, shelf):
        if task == "import":
            options = {"is_copied": is_copied, "with_thumbnails": with_thumbnails}
            _say_progress(_imported(queue, shelf, what, options), as_json=as_json)
        else:
            page = shelf.search(what, order=order, limit=limit, cursor=cursor)
            _say_page(page, [_file(shelf, entry) for entry in page.entries], as_json=as_json)


def _imported(
    queue: Queue, shelf: Library, folder: str, options: dict[str, bool]
) -> ImportProgress:
    from velatura.jobs.shelf import rescan

    steps = shelf.bring_in(Path(folder), **options) if folder else rescan(queue)
    *_, last = steps
    return last


def _say_progress(progress: ImportProgress, *, as_json: bool) -> None:
    told = asdict(progress)
    for problem in told.pop("problems"):
        note(problem)
    del told["is_done"]
    say(json.dumps(told) if as_json else ", ".join(f"{count} {it}" for it, count in told.items()))


def _say_page(page: Page, files: list[str], *, as_json: bool) -> None:
    if as_json:
        found = [
            asdict(entry) | {"file": file} for entry, file in zip(page.entries, files, strict=True)
        ]
        say(json.dumps({"pictures": found, "next": page.next}))
        return
    say(_table(page.entries, files))
    if page.next:
        note(f"more with --cursor {page.next}", heading="library:")


@contextmanager
def _opened(data_dir: Path | None) -> Generator[tuple[Queue, Library]]:
    from velatura.jobs import Queue
    from velatura.jobs.shelf import open_library

    settings = read_settings()
    if data_dir is not None:
        settings = replace(settings, data_dir=data_dir)
    queue = Queue(settings.data_dir, url=settings.database_url)
    try:
        yield queue, open_library(queue)
    finally:
        queue.close()


def _file(library: Library, entry: Entry) -> str:
    """Where a picture is; empty where its file is gone."""
    from velatura.errors import UnknownPicture

    try:
        return str(library.file(entry.id)[0])
    except UnknownPicture:
        return ""


def _table(entries: tuple[Entry, ...], files: list[str]) -> Table:
    table = Table()
    for heading in ("made", "size", "seed", "sampler", "checkpoint", "rating", "prompt", "file"):
        table.add_column(heading, overflow="fold")
    for entry, file in zip(entries, files, strict=True):
        made = datetime.fromtimestamp(entry.made).astimezone()
        shown: list[Any] = [
            f"{made:%Y-%m-%d %H:%M}",
            f"{entry.width}x{entry.height}",
            "" if entry.seed is None else entry.seed,
            entry.sampler,
            entry.checkpoint,
            "*" * entry.rating,
            entry.prompt[:80],
            file,
        ]
        table.add_row(*(literal(str(it)) for it in shown))
    return table
