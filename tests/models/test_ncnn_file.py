from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from velatura.errors import BrokenModel, ModelError, UnsupportedModel
from velatura.models.ncnn_file import HALF_TAG, read_ncnn
from velatura.models.tensors import read_tensors

if TYPE_CHECKING:
    from pathlib import Path

WEIGHTS = np.arange(1 * 3 * 3 * 3, dtype=np.float16).reshape(1, 3, 3, 3) / 8
BIAS = np.array([0.1], np.float32)
SLOPES = np.array([0.25], np.float32)

GRAPH = """7767517
3 3
Input                    input.1                  0 1 data
Convolution              Conv_0                   1 1 data 54 0=1 1=3 4=1 5=1 6=27
PReLU                    PRelu_1                  1 1 54 output 0=1
"""
# 27 half floats take 54 bytes and are filled up to 56.
BYTES = HALF_TAG + WEIGHTS.tobytes() + b"\0\0" + BIAS.tobytes() + SLOPES.tobytes()


def written(folder: Path, graph: str = GRAPH, data: bytes = BYTES) -> Path:
    (folder / "net.bin").write_bytes(data)
    (folder / "net.param").write_text(graph)
    return folder / "net.param"


def test_weights_are_read_in_the_order_of_the_graph_to_the_last_bit(tmp_path: Path) -> None:
    convolution, rectifier = read_ncnn(written(tmp_path))
    assert (convolution.kind, rectifier.kind) == ("Convolution", "PReLU")
    places = {"w": convolution.weight, "b": convolution.bias, "s": rectifier.weight}
    values = read_tensors(places)
    np.testing.assert_array_equal(values["w"].numpy(), WEIGHTS)
    np.testing.assert_array_equal(values["b"].numpy(), BIAS)
    np.testing.assert_array_equal(values["s"].numpy(), SLOPES)
    assert rectifier.bias is None


@pytest.mark.parametrize("length", [0, 3, 4, 40, len(BYTES) - 1])
def test_a_truncated_file_is_refused(tmp_path: Path, length: int) -> None:
    with pytest.raises(ModelError, match=r"net\.bin"):
        read_ncnn(written(tmp_path, data=BYTES[:length]))


def test_a_file_with_something_behind_its_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BrokenModel, match=f"take {len(BYTES)} bytes, the file has"):
        read_ncnn(written(tmp_path, data=BYTES + b"\0"))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("7767517", "7767518", "not a graph of ncnn"),
        ("3 3\n", "4 3\n", "has 3 layers of 4"),
        ("3 3\n", "\n", "not a graph of ncnn"),
        ("Convolution ", "InnerProduct ", "of a kind we do not run: 'InnerProduct'"),
        ("6=27", "6=28", "impossible size"),
        ("6=27", "6=0", "impossible size"),
        ("1=3", "1=0", "impossible size"),
        ("0=1 1=3", "0=99999999 1=3", "99999999 channels"),
        ("0=1 1=3", "1=3", "0 channels"),
        ("5=1", "5=0", "without bias"),
        ("5=1", "5=1 3=2", "skips pixels"),
        ("1 1 data 54", "1", "cannot be read at"),
        ("1 1 data 54", "x y data 54", "cannot be read at"),
        ("output 0=1", "output 0=2", "take"),
    ],
)
def test_a_malformed_graph_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in GRAPH
    with pytest.raises(ModelError, match=message):
        read_ncnn(written(tmp_path, GRAPH.replace(old, new, 1)))


def test_weights_of_another_form_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedModel, match="at byte 0 are not half floats"):
        read_ncnn(written(tmp_path, data=b"\0\0\0\0" + BYTES[4:]))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BrokenModel, match=r"net\.param: cannot be read"):
        read_ncnn(tmp_path / "net.param")


def test_an_endless_graph_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BrokenModel, match="larger than"):
        read_ncnn(written(tmp_path, GRAPH + "\n" * 2**20))


@given(st.binary(max_size=200))
def test_noise_is_refused(tmp_path_factory: pytest.TempPathFactory, noise: bytes) -> None:
    graph = written(tmp_path_factory.mktemp("noise"), data=noise)
    graph.write_bytes(b"7767517\n1 1\n" + noise)
    with pytest.raises(ModelError):
        read_ncnn(graph)
