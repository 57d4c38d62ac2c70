"""Seconds and memory of what was not run yet, from what was."""

import pytest

from velatura.forecast import Lap, Timed, estimate


def lap(side, rows=1, count=1, what="sampling", model="a"):
    return Lap(what=what, model=model, pixels=side * side, rows=rows, count=count)


def machine_s(lap):
    """A machine: attention grows with the square of the pixels, a call has a price of its own."""
    area = lap.pixels / 512**2
    return lap.count * (0.02 + lap.rows * (0.8 * area + 0.3 * area**2))


def machine_bytes(lap):
    return int(3.4e9 + 2.5e9 * lap.pixels / 512**2 + 0.2e9 * lap.rows)


def ran(*laps):
    return [Timed(lap=it, seconds=machine_s(it), peak_bytes=machine_bytes(it)) for it in laps]


def test_nothing_is_foretold_of_a_model_that_was_never_run():
    found = estimate([lap(512)], ran(lap(512, model="b")))
    assert (found.seconds, found.peak_bytes, found.is_seen) == (None, None, False)


def test_a_shape_that_was_run_takes_what_it_took_whatever_the_steps():
    found = estimate([lap(512, count=50)], ran(lap(512, count=20), lap(768, count=20)))
    assert found.seconds == pytest.approx(machine_s(lap(512, count=50)))
    assert found.peak_bytes == machine_bytes(lap(512))
    assert found.is_seen


def test_one_run_that_was_disturbed_changes_nothing():
    runs = ran(*[lap(512)] * 4)
    disturbed = Timed(lap=lap(512), seconds=100.0)
    assert estimate([lap(512)], [disturbed, *runs]).seconds == pytest.approx(machine_s(lap(512)))


def test_a_machine_that_became_slower_is_followed():
    slower = [Timed(lap=lap(512), seconds=9.0)] * 9
    assert estimate([lap(512)], [*ran(*[lap(512)] * 50), *slower]).seconds == 9.0


@pytest.mark.parametrize("wanted", [lap(640), lap(448), lap(512, 2), lap(768, 3), lap(1024)])
def test_other_shapes_are_foretold_within_thirty_percent(wanted):
    known = ran(lap(512, 1), lap(384, 1), lap(768, 1), lap(512, 4))
    found = estimate([wanted], known)
    assert found.seconds == pytest.approx(machine_s(wanted), rel=0.3)
    assert found.peak_bytes == pytest.approx(machine_bytes(wanted), rel=0.3)
    assert not found.is_seen


@pytest.mark.parametrize("wanted", [lap(640), lap(384), lap(512, 2)])
def test_one_shape_is_enough_to_begin_with(wanted):
    found = estimate([wanted], ran(lap(512)))
    assert found.seconds == pytest.approx(machine_s(wanted), rel=0.3)


def test_laps_add_up_and_loading_is_told_apart():
    laps = [lap(512, count=20), lap(512, what="finishing")]
    loading = Timed(lap=lap(512, what="loading"), seconds=4.0)
    found = estimate(laps, [*ran(*laps), loading])
    assert found.seconds == pytest.approx(sum(map(machine_s, laps)))
    assert found.loading_seconds == 4.0


def test_what_is_partly_unknown_is_not_foretold():
    assert estimate([lap(512), lap(512, what="enlarging")], ran(lap(512))).seconds is None


def test_what_took_no_time_is_no_trouble():
    runs = [Timed(lap=lap(512), seconds=0.0), Timed(lap=lap(256), seconds=0.0)]
    assert estimate([lap(384)], runs).seconds == pytest.approx(0.0, abs=1e-4)
