"""A studio and a browser to measure its pages with."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


@contextmanager
def studio(folder: Path) -> Generator[str]:
    """A studio over a data folder; gives its address."""
    command = [Path(sys.executable).with_name("velatura"), "studio", "--port", "0"]
    process = subprocess.Popen(
        [*command, "--data-dir", folder, "--no-browser"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().split()[-1].rstrip("/")
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()
