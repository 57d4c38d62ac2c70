"""Every example runs as a new user would run it: in an empty folder, with the defaults."""

import os
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "examples" / "demo.py"
EXAMPLES = sorted(set((ROOT / "examples").glob("*.py")) - {DEMO})


@pytest.fixture
def empty_folder(tmp_path, monkeypatch):
    """An empty folder, of somebody who has set nothing."""
    for name in [name for name in os.environ if name.startswith("VELATURA_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("empty_folder")
@pytest.mark.parametrize(
    "example", [*EXAMPLES, pytest.param(DEMO, marks=pytest.mark.slow)], ids=lambda path: path.stem
)
def test_an_example_runs_in_an_empty_folder(example, capsys):
    runpy.run_path(str(example), run_name="__main__")
    told = capsys.readouterr().out
    assert told
    assert "False" not in told
