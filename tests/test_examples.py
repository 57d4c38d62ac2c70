"""Every example runs as a new user would run it: in an empty folder, with the defaults."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_runs_in_an_empty_folder(example, tmp_path):
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("VELATURA_")
    }
    done = subprocess.run(
        [sys.executable, example],
        cwd=tmp_path,
        env=environment | {"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout
    assert "False" not in done.stdout
