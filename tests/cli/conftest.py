"""The command line, called in this process as a shell would call it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

import pytest

from velatura.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Ran(NamedTuple):
    """What a command did."""

    code: int
    out: str
    err: str


@pytest.fixture
def velatura(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Ran]:
    """Runs ``velatura WORDS...`` in an empty folder, with an empty home."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("MODELS_DIR", "OUTPUT_DIR", "STYLES_FILE", "CACHE_DIR", "CONFIG"):
        monkeypatch.delenv(f"VELATURA_{name}", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("COLUMNS", "250")
    monkeypatch.setenv("NO_COLOR", "1")

    def run(*words: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["velatura", *map(str, words)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as stopped:
            main()
        out, err = capsys.readouterr()
        return Ran(stopped.value.code, out, err)

    return run


@pytest.fixture
def paint(velatura: Callable[..., Ran], tiny_checkpoint: Path) -> Callable[..., Ran]:
    """Runs ``velatura txt2img`` with the tiny checkpoint, small and quick, into ``out``."""

    def run(*words: object) -> Ran:
        quick = ("--size", "64x64", "--steps", 2, "--seed", 5, "--out", "out")
        return velatura("txt2img", "--models-dir", tiny_checkpoint.parent, *quick, *words)

    return run
