"""The page about comparing speaks of what there is."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from typer.main import get_command

import velatura
from velatura import FakeEngine, Txt2Img
from velatura.cli.main import make_app
from velatura.compare import read_axis
from velatura.errors import RequestError

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "compare.md"
TEXT = PAGE.read_text(encoding="utf-8")


def test_every_option_it_names_exists():
    command = get_command(make_app("grid")).commands["grid"]
    known = {option for parameter in command.params for option in parameter.opts}
    in_lines = {"--prompt", "--steps", "--sampler_name", "--batch_size"}  # of a file of prompts
    named = set(re.findall(r"(?<![\w-])(--[a-z][a-z_-]*)", TEXT))
    assert named - in_lines - known == {"--help"}


def test_its_program_runs(monkeypatch):
    (program,) = re.findall(r"```python\n(.*?)```", TEXT, flags=re.DOTALL)
    monkeypatch.setitem(vars(velatura), "LocalEngine", FakeEngine)
    names: dict[str, object] = {}
    exec(program, names)
    sheet = names["sheet"]
    assert isinstance(sheet, np.ndarray)
    assert sheet.shape[1] == 3 * 64


@pytest.mark.parametrize("axis", re.findall(r"(?:--[xyz] \"|`)([A-Z][\w./ ]+: [^\"`]+)[\"`]", TEXT))
def test_every_axis_it_writes_can_be_read(axis):
    try:
        read_axis(axis, Txt2Img)
    except RequestError as error:
        pytest.fail(str(error))


@pytest.mark.parametrize("name", re.findall(r"`([a-z_]+\.[a-z_]+|tiling)`", TEXT))
def test_every_field_it_names_is_an_axis(name):
    assert read_axis(f"{name}: 1", Txt2Img).field == name
