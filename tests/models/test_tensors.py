from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from velatura.errors import BrokenModel
from velatura.models.stored import StoredTensor
from velatura.models.tensors import BUFFERS, PIECE, read_tensors

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

HALVES = PIECE // 2


def write(path: Path, count: int) -> NDArray[np.float16]:
    """A file of so many half-precision numbers, behind a byte that is none of them."""
    numbers = np.random.default_rng(count).standard_normal(count).astype(np.float16)
    path.write_bytes(b"!" + numbers.tobytes())
    return numbers


def test_a_tensor_of_several_pieces_keeps_every_number(tmp_path: Path) -> None:
    path = tmp_path / "large"
    count = (BUFFERS + 2) * HALVES + 3
    numbers = write(path, count)
    place = StoredTensor(path, "F16", (count,), 1)
    read = read_tensors({"a": place}, dtype=torch.float32)["a"]
    np.testing.assert_array_equal(read.numpy(), numbers.astype(np.float32))


def test_more_tensors_than_buffers_come_in_the_order_they_lie(tmp_path: Path) -> None:
    path = tmp_path / "many"
    numbers = write(path, 100)
    stored = {str(at): StoredTensor(path, "F16", (1,), 1 + 2 * at) for at in reversed(range(100))}
    read = read_tensors(stored)
    assert list(read) == [str(at) for at in range(100)]
    np.testing.assert_array_equal(torch.cat(tuple(read.values())).numpy(), numbers)


def test_tensors_may_lie_in_one_another_and_across(tmp_path: Path) -> None:
    path = tmp_path / "shared"
    numbers = write(path, 6)
    stored = {
        "all": StoredTensor(path, "F16", (6,), 1),
        "turned": StoredTensor(path, "F16", (3, 2), 1, strides=(1, 3)),
    }
    read = read_tensors(stored)
    np.testing.assert_array_equal(read["turned"].numpy(), numbers.reshape(2, 3).T)
    assert read["turned"].is_contiguous()
    assert read["turned"].untyped_storage().nbytes() == 12


def test_a_file_that_ends_in_a_later_piece_is_refused_and_no_reader_stays(tmp_path: Path) -> None:
    path = tmp_path / "short"
    write(path, 3 * HALVES)
    before = threading.active_count()
    with pytest.raises(BrokenModel, match="ends before its tensors do"):
        read_tensors({"a": StoredTensor(path, "F16", (3 * HALVES + 1,), 1)})
    assert threading.active_count() == before
