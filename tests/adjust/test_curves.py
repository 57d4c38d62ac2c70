from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adjust import scalar, strategies
from velatura.adjust import curve_samples
from velatura.adjust.curves import map_curve
from velatura.records import Curves


@pytest.mark.parametrize(
    ("points", "known"),
    [
        (((0, 0), (0.5, 0.75), (1, 1)), {32: 55.496, 128: 191.25, 160: 217.730, 192: 235.187}),
        (
            ((0, 0), (0.25, 0.2), (0.75, 0.85), (1, 1)),
            {32: 21.61, 64: 51.0, 96: 91.011, 128: 135.287, 160: 178.99, 224: 242.056},
        ),
    ],
)
def test_documented_values(points, known):
    samples = curve_samples(Curves(points=points)) * 255
    assert {index: samples[index] for index in known} == pytest.approx(known, abs=0.005)


@given(strategies.points)
def test_a_curve_equals_the_scalar_formula_to_the_last_bit(points):
    assert curve_samples(Curves(points=points)).tolist() == scalar.smooth(points)


@given(strategies.points)
def test_a_curve_stays_within_the_scale_and_is_level_outside_its_points(points):
    samples = curve_samples(Curves(points=points))
    assert ((samples >= 0) & (samples <= 1)).all()
    inputs = sorted(int(255 * point[0] + 0.5) for point in points)
    assert len(set(samples[: inputs[0]])) <= 1
    assert len(set(samples[inputs[-1] + 2 :])) <= 1  # a segment may end one sample late, as GIMP's


@given(st.permutations(((0.0, 0.1), (0.3, 0.9), (0.6, 0.2), (1.0, 1.0))))
def test_the_order_of_points_does_not_matter(points):
    ordered = Curves(points=tuple(sorted(points)))
    assert np.array_equal(curve_samples(Curves(points=tuple(points))), curve_samples(ordered))


def test_two_points_make_a_straight_line_that_is_level_outside():
    samples = curve_samples(Curves(points=((0.2, 0.1), (0.8, 0.7))))
    assert (samples[:51] == 0.1).all()
    assert (samples[204:] == 0.7).all()
    assert np.diff(samples[51:205], n=2) == pytest.approx(0, abs=1e-12)


def test_a_corner_bends_at_once():
    points = ((0, 0), (0.5, 0.2), (1, 1))
    smooth = curve_samples(Curves(points=points))
    corner = curve_samples(Curves(points=(points[0], (0.5, 0.2, "corner"), points[2])))
    assert corner[:128] == pytest.approx(np.arange(128) / 255 * 0.4, abs=1e-9)
    assert np.abs(smooth - corner).max() > 0.05


def test_freehand_values_are_interpolated_between():
    values = tuple((k % 2) * 0.5 for k in range(256))
    made = map_curve(Curves(type="freehand", values=values), np.array([0, 0.5, 1.5, 254.5]) / 255)
    assert made == pytest.approx([0, 0.25, 0.25, 0.25])


@pytest.mark.parametrize("beyond", [-0.5, 1.5])
def test_tones_beyond_the_scale_get_the_outermost_outputs(beyond):
    curve = Curves(points=((0, 0.25), (1, 0.75)))
    assert map_curve(curve, np.array([beyond])) == (0.25 if beyond < 0 else 0.75)
