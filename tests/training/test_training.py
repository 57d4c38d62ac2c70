"""The formulas of the trainings against known answers."""

import pytest
import torch

from training.autoencoder import kl_loss, reconstruction_loss
from training.noise_schedule import add_noise, alphas_cumprod, draw_times, noise_weight
from training.pace import Pace, learning_rate_at
from training.precision import fast_numbers
from training.team import Team


def test_the_noise_is_that_of_stable_diffusion():
    abar = alphas_cumprod()
    assert abar[0] == pytest.approx(1 - 0.00085, abs=1e-6)
    assert ((1 - abar[-1]) / abar[-1]).sqrt() == pytest.approx(14.6146, abs=1e-3)
    assert (abar.diff() < 0).all()


def test_noisy_latents_keep_unit_variance():
    generator = torch.Generator().manual_seed(1)
    latents, noise = torch.randn(2, 64, 4, 16, 16, generator=generator)
    noisy = add_noise(latents, noise, torch.full((64,), 0.3))
    assert noisy.std() == pytest.approx(1.0, abs=0.02)


def test_clear_steps_count_less_and_noisy_ones_as_much_as_allowed():
    weight = noise_weight(torch.tensor([0.5, 0.99, 0.001]), gamma=5.0, most=40.0)
    assert weight.tolist() == pytest.approx([2.0, 5.0 / 99.0 / 0.99, 40.0], rel=1e-4)


def test_drawn_steps_have_the_noise_levels_asked_for():
    times = draw_times(20_000, -0.1, 0.5, torch.Generator().manual_seed(1))
    abar = alphas_cumprod()[times]
    levels = 0.5 * ((1 - abar) / abar).log()
    assert levels.mean() == pytest.approx(-0.1, abs=0.02)
    assert levels.std() == pytest.approx(0.5, abs=0.02)


def test_kl_is_nought_for_the_standard_normal_and_known_for_others():
    zero = torch.zeros(3)
    assert kl_loss(zero, zero) == 0
    assert kl_loss(torch.ones(3), zero) == pytest.approx(0.5)


def test_a_constant_error_has_no_gradient_error():
    target = torch.zeros(1, 3, 8, 8)
    assert reconstruction_loss(target + 0.25, target, 10.0) == pytest.approx(0.25)


def test_the_learning_rate_rises_then_falls():
    pace = Pace(budget_s=100.0)
    assert learning_rate_at(pace, 1.0) == pytest.approx(0.01)
    pace.load_state_dict({"steps": 5000, "used_s": 50.0})
    assert learning_rate_at(pace, 1.0) == pytest.approx(0.02 + 0.98 * 0.5)
    pace.load_state_dict({"steps": 9000, "used_s": 100.0})
    assert learning_rate_at(pace, 1.0) == pytest.approx(0.02)


def test_the_learning_rate_holds_before_it_falls():
    pace = Pace(budget_s=100.0)
    pace.load_state_dict({"steps": 5000, "used_s": 50.0})
    assert learning_rate_at(pace, 1.0, hold=0.5) == pytest.approx(1.0)
    pace.load_state_dict({"steps": 7500, "used_s": 75.0})
    assert learning_rate_at(pace, 1.0, hold=0.5) == pytest.approx(0.02 + 0.98 * 0.5)


def test_a_team_of_one_changes_nothing():
    weight = torch.ones(3)
    Team(0, 1).average([weight])
    assert weight.tolist() == [1, 1, 1]
    assert Team(0, 1).agree(0.25) == 0.25


@pytest.mark.parametrize(("bfloat16", "kind"), [(True, torch.bfloat16), (False, torch.float32)])
def test_a_network_computes_in_the_numbers_asked_for(bfloat16: bool, kind: torch.dtype):
    with fast_numbers(torch.device("cpu"), bfloat16=bfloat16):
        assert torch.nn.functional.linear(torch.ones(1, 2), torch.ones(2, 2)).dtype == kind
