"""The names that ``import velatura`` promises."""

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import velatura

SOURCE = Path(velatura.__file__)


def reexports():
    """The names that type checkers see, with their modules, from the syntax tree."""
    (block,) = [
        node
        for node in ast.parse(SOURCE.read_text(encoding="utf-8")).body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    ]
    return {
        alias.asname: node.module
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname == alias.name
    }


def test_type_checkers_see_exactly_the_names_there_are():
    assert set(reexports()) | {"__version__"} == set(dir(velatura))
    homes = {name: home for home, names in velatura._HOMES.items() for name in names}
    assert reexports() == homes


@pytest.mark.parametrize("name", dir(velatura))
def test_every_public_name_resolves_and_is_documented(name):
    value = getattr(velatura, name)
    if isinstance(value, type) or callable(value):
        assert value.__doc__
    if name in reexports():
        assert value is getattr(import_module(reexports()[name]), name)


def test_the_public_names_stand_in_order():
    assert dir(velatura) == sorted(dir(velatura))


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="'velatura' has no attribute 'Txt3Img'"):
        _ = velatura.Txt3Img


@pytest.mark.parametrize(
    "program",
    [
        "import velatura",
        "import velatura; velatura.Txt2Img(), velatura.SAMPLERS, velatura.SCHEDULES",
        "from velatura import FakeEngine, RequestError, request_to_json",
    ],
)
def test_importing_loads_no_torch(program):
    check = "import sys; assert not {'torch', 'diffusers', 'transformers'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", f"{program}\n{check}"], check=True)
