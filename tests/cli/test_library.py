"""``velatura library`` as a shell calls it."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.library.pictures import painted
from velatura.library import save_picture


@pytest.fixture
def library(tmp_path):
    """Call a command of the group; its exit code, output and messages."""

    def call(*words):
        done = subprocess.run(
            [sys.executable, "-c", "from velatura.cli.main import main; main()", "library", *words],
            env=os.environ | {"VELATURA_DATA_DIR": str(tmp_path / "data"), "COLUMNS": "200"},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout, done.stderr

    return call


def test_a_folder_is_imported_and_searched(library, tmp_path):
    for seed in range(3):
        save_picture(painted(seed=seed, width=24 + 8 * seed, prompt="a plum tree"), tmp_path / "in")
    (tmp_path / "in" / "bad.png").write_bytes(b"no")
    code, told, problems = library("import", str(tmp_path / "in"), "--json")
    assert (code, json.loads(told)["added"], json.loads(told)["broken"]) == (0, 3, 1)
    assert "bad.png" in problems
    code, told, _ = library("search", '"plum tree" seed:>=1 sampler:"dpm++ 2m"', "--json")
    found = json.loads(told)["pictures"]
    assert (code, [it["seed"] for it in found]) == (0, [2, 1])
    assert found[0]["file"].endswith("00003-2.png")
    code, told, more = library("search", "--limit", "2")
    assert "a plum tree" in told
    assert "--cursor newest:" in more
    assert library("import")[0] == 0


def test_a_query_that_cannot_be_read_is_shown_with_a_caret(library):
    code, _, told = library("search", "cat colour:red")
    assert code == 2
    assert "unknown field 'colour'" in told
    assert "    ^" in told


def test_a_folder_that_is_not_there_is_refused(library):
    code, _, told = library("import", "/no/such/folder")
    assert code == 2
    assert "no such folder" in told
