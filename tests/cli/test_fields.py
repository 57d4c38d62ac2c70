from dataclasses import dataclass
from typing import Annotated, Literal

import pytest
import typer
from annotated_types import Interval
from typer.testing import CliRunner

from velatura.cli.fields import Naming, takes_fields
from velatura.errors import RequestError
from velatura.limits import Checked


@dataclass(frozen=True, slots=True, kw_only=True)
class Soup(Checked):
    """A record to cook.

    Attributes:
        salt_grams: How salty, in grams;
            two lines of it.
        kind: What it is made of.
        is_hot: Whether it steams.
        herbs: What floats on top.
        pepper: Perhaps.
    """

    salt_grams: Annotated[float, Interval(ge=0.0, le=9.0)] = 2.0
    kind: Literal["leek", "pea"] = "leek"
    is_hot: bool = True
    herbs: tuple[str, ...] = ()
    pepper: Annotated[int, Interval(ge=0, le=3)] | None = None


def cook(arguments, naming):
    cooked = []

    @takes_fields(naming)
    def serve(guest: str, values=None) -> None:
        cooked.append((guest, naming.record_from(values)))

    app = typer.Typer()
    app.command()(serve)
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": "200", "NO_COLOR": "1"})
    return result, cooked


def test_every_field_is_an_option_with_the_records_default():
    result, cooked = cook(["Ada"], Naming(record=Soup))
    assert result.exit_code == 0
    assert cooked == [("Ada", Soup())]


def test_options_carry_their_values_into_the_record():
    arguments = "Ada --salt-grams 3 --kind pea --no-is-hot --herbs dill --herbs chive --pepper 1"
    _, cooked = cook(arguments.split(), Naming(record=Soup))
    expected = Soup(salt_grams=3, kind="pea", is_hot=False, herbs=("dill", "chive"), pepper=1)
    assert cooked == [("Ada", expected)]


def test_help_is_the_docstrings_text():
    result, _ = cook(["--help"], Naming(record=Soup, extra={"kind": "(tasty)"}))
    assert "How salty, in grams; two lines of it." in result.output
    assert "What it is made of. (tasty)" in result.output


def test_a_prefix_and_other_names_change_the_options():
    naming = Naming(record=Soup, prefix="soup-", names={"salt_grams": "salt"})
    _, cooked = cook("Ada --salt 3 --soup-kind pea".split(), naming)
    assert cooked[0][1] == Soup(salt_grams=3, kind="pea")


def test_a_value_outside_its_limits_is_refused_in_the_options_name():
    naming = Naming(record=Soup, names={"salt_grams": "salt"})
    result, _ = cook("Ada --salt 10".split(), naming)
    assert isinstance(result.exception, RequestError)
    assert str(result.exception) == "--salt: must be from 0.0 to 9.0, got 10.0"


@pytest.mark.parametrize("arguments", ["Ada --kind bean", "Ada --salt-grams much", "--what"])
def test_words_of_the_wrong_kind_are_a_usage_error(arguments):
    result, _ = cook(arguments.split(), Naming(record=Soup))
    assert result.exit_code == 2


def test_fields_left_out_are_no_option():
    result, _ = cook("Ada --kind pea".split(), Naming(record=Soup, leave=frozenset({"kind"})))
    assert result.exit_code == 2
