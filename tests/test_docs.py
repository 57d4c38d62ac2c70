"""The documentation speaks of what there is, and of all of it."""

import re
from dataclasses import fields
from itertools import takewhile
from pathlib import Path

import pytest
from typer.main import get_command

from velatura import SAMPLERS, errors
from velatura import settings as settings_module
from velatura.adjust import ADJUSTMENTS
from velatura.cli.main import COMMANDS, make_app
from velatura.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
DOCS = sorted((ROOT / "docs").rglob("*.md"))
PAGES = [ROOT / "README.md", *DOCS]
TEXT = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)


def page(name):
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def rows(text):
    """The cells of every table row."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def options():
    """Every option of every command."""
    found = set()
    for name in COMMANDS:
        command = get_command(make_app(name)).commands[name]
        found |= {option for parameter in command.params for option in parameter.opts}
    return found | {"--help", "--version"}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented(name):
    assert f"`velatura {name}" in page("reference/cli.md")
    assert f"velatura {name}" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("setting", [entry.name for entry in fields(Settings)])
def test_every_setting_is_documented_with_its_environment_variable(setting):
    table = {row[0]: row[1] for row in rows(page("reference/settings.md"))}
    variable = table[f"`{setting}`"].strip("`")
    assert variable in settings_module.__doc__
    assert variable.startswith("VELATURA_")


def test_every_environment_variable_of_the_source_is_documented_and_the_other_way_round():
    source = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "src" / "velatura").rglob("*.py")
    )
    named = set(re.findall(r"VELATURA_[A-Z_]*[A-Z]", source))
    assert named == set(re.findall(r"VELATURA_[A-Z_]*[A-Z]", page("reference/settings.md")))


def test_every_option_that_a_page_names_exists():
    ours = page("reference/cli.md") + page("reference/settings.md")
    ours += page("how-to/choose-a-sampler.md")
    named = re.findall(r"(?<![\w-])(--[a-z][a-z0-9-]*)(…?)", ours)  # "--hires-…" is a group
    whole = {option for option, ellipsis in named if not ellipsis}
    assert {"--sampler", "--hires-scale"} <= whole
    assert whole - options() == set()


def test_every_exit_code_is_documented():
    codes = {row[0] for row in rows(page("reference/cli.md"))}
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    used = {str(kind.exit_code) for kind in kinds if issubclass(kind, errors.VelaturaError)}
    assert used | {"0", "130"} <= codes


@pytest.mark.parametrize("name", SAMPLERS)
def test_every_sampler_has_a_row_that_is_true(name):
    entry = SAMPLERS[name]
    schedule = {"limits": "its own levels"}.get(entry.grid, entry.schedule)
    if entry.family == "timestep":
        schedule = "its own timesteps"
    table = {row[0]: row[1:4] for row in rows(page("how-to/choose-a-sampler.md"))}
    is_noisy = "yes" if entry.is_stochastic else "no"
    assert table[name] == [schedule, str(entry.calls_per_step), is_noisy]


@pytest.mark.parametrize("name", ADJUSTMENTS)
def test_every_adjustment_is_documented_with_all_its_parameters(name):
    table = [row for row in rows(page("reference/adjustments.md")) if len(row) == 5]
    first = next(index for index, row in enumerate(table) if row[0] == f"`{name}`")
    own = [table[first]]
    own += takewhile(lambda row: not row[0], table[first + 1 :])
    named = {word for row in own for word in re.findall(r"`(\w+)`", row[1])}
    assert named == {entry.name for entry in fields(ADJUSTMENTS[name].record)} - {"kind"}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_within_the_project_leads_somewhere(path):
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text(encoding="utf-8"))
    missing = [link for link in links if "://" not in link and not (path.parent / link).exists()]
    assert missing == []
