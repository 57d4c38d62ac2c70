import torch

from training.faces.__main__ import converted


def test_columns_of_a_dense_layer_follow_the_map_it_reads():
    cells = torch.arange(3 * 3 * 64).view(1, 3, 3, 64)  # columns, rows, channels
    theirs = {"dense4.weight": cells.expand(128, 3, 3, 64).flatten(1)}
    ours = {"body.9.weight": torch.empty(128, 576)}
    (weights,) = converted(theirs, ours).values()
    first = weights[0].view(64, 3, 3)  # channels, rows, columns
    assert first[5, 2, 1] == cells[0, 1, 2, 5]


def test_other_layers_keep_their_numbers_under_new_names():
    theirs = {"conv1.weight": torch.rand(10, 3, 3, 3), "conv1.bias": torch.rand(10)}
    ours = {"body.0.weight": torch.empty(10, 3, 3, 3), "body.0.bias": torch.empty(10)}
    weights = converted(theirs, ours)
    assert list(weights) == ["body.0.weight", "body.0.bias"]
    assert torch.equal(weights["body.0.weight"], theirs["conv1.weight"])
