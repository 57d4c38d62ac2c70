"""Painting the cells: order, steps, failures, and what is there already."""

from __future__ import annotations

from dataclasses import replace

import pytest

from velatura import FakeEngine
from velatura.compare import Grid, Outcome, paint_cells, plan_grid, read_axis
from velatura.errors import OutOfMemory, PromptError, RequestError
from velatura.records import Step, Txt2Img

BASE = Txt2Img(prompt="a red cat", seed=1, width=64, height=64, steps=2)


class Failing(FakeEngine):
    """Has too little memory for pictures of a certain number of steps."""

    def run(self, request, *, resume=None):
        events = super().run(request, resume=resume)
        if request.steps == 3:
            next(events)
            raise OutOfMemory("not enough memory for this request")
        yield from events


class Counting(FakeEngine):
    """Remembers what it was asked to paint."""

    def __init__(self):
        super().__init__()
        self.painted = []

    def run(self, request, *, resume=None):
        self.painted.append(request)
        return super().run(request, resume=resume)


def plan(base=BASE, **axes):
    read = {name: read_axis(text, type(base)) for name, text in axes.items()}
    return plan_grid(Grid(base=base, **read), lambda: 7)


def outcomes(events) -> list[Outcome]:
    return [event for event in events if isinstance(event, Outcome)]


def test_each_cell_gives_its_steps_and_then_its_picture():
    comparison = plan(x="Steps: 1-3", y="Prompt S/R: cat, dog")
    events = list(paint_cells(comparison, FakeEngine()))
    assert [outcome.cell for outcome in outcomes(events)] == list(comparison.cells)
    steps = [(event.batch, event.index) for event in events if isinstance(event, Step)]
    assert steps == [
        (number, index + 1)
        for number, cell in enumerate(comparison.cells)
        for index in range(cell.request.steps)
    ]
    for outcome in outcomes(events):
        assert outcome.error is None
        assert outcome.picture.request.steps == outcome.cell.request.steps
        assert outcome.picture.request.prompt == outcome.cell.request.prompt


def test_a_cell_is_the_picture_that_its_request_makes_alone():
    engine = FakeEngine()
    for outcome in outcomes(paint_cells(plan(x="Seed: 1-3", y="Steps: 1,2"), engine)):
        (alone,) = [e for e in engine.run(outcome.cell.request) if not isinstance(e, Step)]
        assert outcome.picture.id == alone.id


def test_a_cell_that_fails_says_why_and_the_others_are_painted():
    made = outcomes(paint_cells(plan(x="Steps: 1-4"), Failing()))
    assert [outcome.picture is None for outcome in made] == [False, False, True, False]
    assert str(made[2].error) == "not enough memory for this request"


class Notebook(dict):
    """Remembers pictures by what they are asked for."""

    def find(self, known):
        return self.get(known.request)

    def keep(self, known, picture):
        self[known.request] = picture


def test_pictures_that_are_there_are_not_painted_again():
    engine, notebook = Counting(), Notebook()
    first = outcomes(paint_cells(plan(x="Steps: 5, 10", y="CFG Scale: 4, 7"), engine, notebook))
    assert not any(outcome.is_reused for outcome in first)
    engine.painted.clear()
    more = plan(x="Steps: 5, 10, 15", y="CFG Scale: 4, 7")
    made = outcomes(paint_cells(more, engine, notebook))
    assert [request.steps for request in engine.painted] == [15, 15]
    assert [outcome.is_reused for outcome in made] == [True, True, False] * 2
    told = [(o.picture.request.steps, o.picture.request.guidance_scale) for o in made]
    assert told == [(o.cell.request.steps, o.cell.request.guidance_scale) for o in made]


def test_a_seed_that_stays_random_is_remembered_as_it_was_drawn():
    notebook = Notebook()
    random = replace(BASE, seed=-1)
    grid = Grid(base=random, x=read_axis("Steps: 1", Txt2Img), keep_random=True)
    for seed in (5, 6):
        list(paint_cells(plan_grid(grid, lambda: 0), FakeEngine(seed=seed), notebook))
    assert {known.seed: picture.request.seed for known, picture in notebook.items()} == {5: 5, 6: 6}


@pytest.mark.parametrize(
    ("axes", "kind", "said"),
    [
        ({"x": "Steps: 1-9", "y": "Sampler: Euler, Oiler"}, RequestError, "Oiler: unknown sampler"),
        ({"x": "Schedule type: Karras, Karas"}, RequestError, "did you mean Karras"),
        ({"z": "Styles: ink"}, RequestError, "no style is called 'ink'"),
        ({"x": "Prompt S/R: cat, <lora:x:y>"}, PromptError, "lora"),
    ],
)
def test_what_can_be_refused_is_refused_before_anything_is_painted(axes, kind, said):
    engine = Counting()
    with pytest.raises(kind) as caught:
        paint_cells(plan(**axes), engine)
    assert said in str(caught.value)
    assert engine.painted == []


def test_leaving_the_loop_stops_the_work():
    engine = Counting()
    for event in paint_cells(plan(x="Steps: 1-9"), engine):
        if isinstance(event, Outcome):
            break
    assert len(engine.painted) == 1
