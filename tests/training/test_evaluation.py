"""The evaluation's measures against known answers, and its prompts against the recipe."""

import pytest
import torch
from PIL import Image

from training.captions import Scene
from training.evaluation.classifier import Judge, Labels, disturb, labels_of
from training.evaluation.prompts import LOOKS, Task, colour_tasks, style_names, style_tasks
from training.evaluation.scores import frechet_distance, nearest, score
from training.evaluation.sheets import contact_sheet
from training.evaluation.similarity import structural_similarity
from training.recipe import HERE, read_recipe

RECIPE = read_recipe(HERE / "recipe.toml")
LABELS = Labels(("apple", "cat"), tuple(LOOKS), ("red", "green"))


def noise(*shape: int, seed: int = 1) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


class Certain(Judge):
    """A judge that sees a red apple, rendered, on everything."""

    def forward(self, pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        count = len(pictures)
        return tuple(torch.eye(n)[0].expand(count, n) for n in (2, len(LOOKS), 2))  # pyright: ignore


def test_there_are_two_hundred_things_in_styles_and_every_style_of_the_training_counts():
    tasks = style_tasks(RECIPE, style_names(), 1)
    assert len({(task.concept, task.colour, task.style) for task in tasks}) >= 200
    assert len({task.seed for task in tasks}) == len(tasks)


def test_whatever_is_asked_for_can_be_answered():
    labels = labels_of(RECIPE)
    for task in style_tasks(RECIPE, style_names(), 1) + colour_tasks(style_names(), 1):
        assert task.concept in labels.concepts
        assert not task.colour or task.colour in labels.colours


def test_a_coloured_thing_is_asked_for_without_its_colour():
    tasks = style_tasks(RECIPE, ("3d render",), 1)
    apple = next(task for task in tasks if task.prompt == "3d render of a green apple")
    assert (apple.concept, apple.colour) == ("apple", "green")


def test_scores_count_what_the_judge_saw():
    tasks = [
        Task(prompt="", seed=1, concept="apple", style="3d render", colour="red"),
        Task(prompt="", seed=2, concept="cat", style="photo"),
    ]
    found = score(Certain(LABELS), LABELS, torch.zeros(2, 3, 64, 64), tasks)
    assert (found.top1, found.top5, found.style, found.colour) == (0.5, 1.0, 0.5, 1.0)


def test_the_judge_does_not_ask_for_a_colour_that_nobody_named():
    assert LABELS.of(Scene(style="3d", subject="cat"))[2] < 0


def test_disturbed_pictures_keep_their_shape_and_differ():
    pictures = noise(2, 3, 64, 64)
    disturbed = disturb(pictures, torch.Generator().manual_seed(1))
    assert disturbed.shape == pictures.shape
    assert not torch.equal(disturbed, pictures)


def test_the_frechet_distance_of_a_shift_is_its_square():
    features = noise(500, 4)
    shift = torch.tensor([1.0, -2.0, 0.0, 0.5])
    assert frechet_distance(features, features) == pytest.approx(0, abs=1e-6)
    assert frechet_distance(features, features + shift) == pytest.approx(5.25, rel=1e-4)


def test_the_frechet_distance_of_a_stretch_is_known():
    features = noise(2000, 2)
    variances, means = features.var(0).sum(), features.mean(0).square().sum()
    distance = frechet_distance(features, 3 * features)
    assert distance == pytest.approx(4 * float(variances + means), rel=1e-4)


def test_a_copy_is_found_and_is_at_no_distance():
    known = noise(5, 3, 64, 64)
    distance, number = nearest(known[3:4] + 0.0, known)
    assert number.tolist() == [3]
    assert distance.item() == pytest.approx(0, abs=1e-3)


def test_a_constant_difference_has_its_own_distance():
    distance, _ = nearest(torch.full((1, 3, 32, 32), 0.5), torch.zeros(1, 3, 32, 32))
    assert distance.item() == pytest.approx(0.5, abs=1e-4)


def test_a_picture_is_like_itself_and_less_like_its_negative():
    picture = torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(1))
    assert structural_similarity(picture, picture).item() == pytest.approx(1.0, abs=1e-5)
    assert structural_similarity(picture, 1 - picture).item() < 0


def test_a_contact_sheet_has_room_for_every_picture():
    sheet = contact_sheet([Image.new("RGB", (64, 64), "red")] * 5, ["a cat"] * 5, 3)
    assert sheet.size == (3 * 68, 2 * 90)
    assert sheet.getpixel((68 + 10, 90 + 10)) == (255, 0, 0)
