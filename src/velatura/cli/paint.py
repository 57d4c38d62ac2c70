"""Carrying a request out at a terminal: engine, progress bar, files, report."""

from __future__ import annotations

import json
import signal
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from velatura.cli.engine import local_engine
from velatura.cli.prompt import show_warnings
from velatura.cli.render import with_progress
from velatura.cli.terminal import note, say, terminal
from velatura.errors import OutputError
from velatura.library.files import Target, save_picture
from velatura.metadata import format_infotext, request_to_json
from velatura.pipelines.resolve import read_prompts
from velatura.records import painting_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping
    from pathlib import Path

    from velatura.engines.base import Engine
    from velatura.records import Painting, Picture, Request
    from velatura.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """Where pictures go, and how the command reports them."""

    target: Target
    as_json: bool


def paint(request: Painting, settings: Settings, output: Output) -> None:
    """Make the pictures, write each as soon as it is finished, and print its path.

    Ctrl-C ends the work after the step in hand; what is written stays.
    """
    for _ in painted(request, local_engine(settings), output):
        pass


def painted(
    request: Painting, engine: Engine, output: Output, *, first: int | None = None
) -> Iterator[Picture]:
    """The pictures, each written and its path printed.

    Args:
        request: What to paint.
        engine: Who paints.
        output: Where pictures go.
        first: Index of the first one for its file's name; None gives a picture alone none.
    """
    events = engine.run(cast("Request", request))
    with says_out():
        output.target.prepare()
    for reading in read_prompts(request):
        show_warnings(reading, terminal(stderr=True))
    is_alone = request.batch_size * request.batch_count == 1 and first is None
    finished = 0
    remarks: set[str] = set()
    try:
        for picture in with_progress(events):
            with uninterrupted():
                deliver(picture, output, index=None if is_alone else (first or 0) + finished)
                finished += 1
            for remark in picture.remarks:
                if remark not in remarks:
                    note(remark)
                    remarks.add(remark)
            yield picture
    except KeyboardInterrupt:
        note(f"{finished} finished picture(s) kept", heading="stopped:")
        raise


def deliver(
    picture: Picture,
    output: Output,
    index: int | None,
    kept_texts: Mapping[str, str] | None = None,
) -> None:
    """Write a picture, with texts of an earlier file carried over, and tell where it is."""
    with says_out():
        path = save_picture(picture, output.target, index=index, kept_texts=kept_texts)
    tell(picture, path, as_json=output.as_json)


def tell(picture: Picture, path: Path, *, as_json: bool) -> None:
    """Say where a finished picture is."""
    say(_as_json(picture, path) if as_json else str(path))


@contextmanager
def says_out() -> Generator[None]:
    """Let trouble with the output folder speak of the option that chooses it."""
    try:
        yield
    except OutputError as error:
        error.args = (f"--out: {error}",)
        raise


@contextmanager
def uninterrupted() -> Generator[None]:
    """Hold Ctrl-C back until the block is done: a picture being written is finished and told."""
    is_ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if not is_ours or threading.current_thread() is not threading.main_thread():
        yield
        return
    held: list[int] = []
    signal.signal(signal.SIGINT, lambda number, _: held.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if held:
        raise KeyboardInterrupt


def _as_json(picture: Picture, path: Path) -> str:
    """One line of JSON about a finished picture."""
    height, width = picture.pixels.shape[:2]
    painting = painting_of(picture.request)
    return json.dumps(
        {
            "path": str(path),
            "id": picture.id,
            "seed": painting.seed if painting else None,
            "width": width,
            "height": height,
            "infotext": format_infotext(picture),
            "request": json.loads(request_to_json(picture.request)),
            "remarks": list(picture.remarks),
            "seam": picture.seam,
        }
    )
