import pytest
import torch

from velatura.diffusion.samplers.base import State
from velatura.errors import RequestError
from velatura.pipelines.snapshot import Snapshot
from velatura.records import Hires, Txt2Img


def snapshot() -> Snapshot:
    x = torch.arange(32.0).reshape(1, 2, 4, 4)
    return Snapshot(
        request=Txt2Img(prompt="ein Bär", hires=Hires(), batch_count=4),
        phase="hires",
        batch=3,
        state=State(x, index=5, history=(0.25, x * 2, 7.0), denoised=x + 1),
        noise={"0": bytes(range(256)), "1": b""},
        calls=9,
        features=(torch.zeros(2, 3, 4, 4), torch.ones(1, 3, 4, 4)),
    )


def test_a_snapshot_survives_as_bytes():
    kept, back = snapshot(), Snapshot.from_bytes(snapshot().to_bytes())
    assert back.request == kept.request
    assert (back.phase, back.batch, back.calls, back.noise) == ("hires", 3, 9, kept.noise)
    assert back.state.index == 5
    assert torch.equal(back.state.x, kept.state.x)
    assert torch.equal(back.state.denoised, kept.state.denoised)
    assert (back.state.history[0], back.state.history[2]) == (0.25, 7.0)
    assert torch.equal(back.state.history[1], kept.state.history[1])
    assert [inner.shape for inner in back.features] == [inner.shape for inner in kept.features]
    assert torch.equal(back.features[1], kept.features[1])


def test_sampling_goes_on_where_it_is_wanted():
    back = Snapshot.from_bytes(snapshot().to_bytes(), "meta")
    tensors = (back.state.x, back.state.denoised, back.state.history[1], *back.features)
    assert {tensor.device.type for tensor in tensors} == {"meta"}


def test_a_state_before_the_first_step_has_no_estimate():
    state = State(torch.zeros(1, 1, 1, 1))
    early = Snapshot(request=Txt2Img(), phase="first", batch=0, state=state, noise={}, calls=0)
    assert Snapshot.from_bytes(early.to_bytes()).state.denoised is None


def test_views_of_one_tensor_are_stored_apart():
    x = torch.zeros(2, 4, 4, 4)
    state = State(x, history=(x, x[:1]))
    shared = Snapshot(request=Txt2Img(), phase="first", batch=0, state=state, noise={}, calls=0)
    assert Snapshot.from_bytes(shared.to_bytes()).state.history[1].shape == (1, 4, 4, 4)


@pytest.mark.parametrize("keep", [0, 7, 100, -1])
def test_a_truncated_snapshot_is_refused(keep):
    with pytest.raises(RequestError, match="resume: this snapshot cannot be used"):
        Snapshot.from_bytes(snapshot().to_bytes()[:keep])


@pytest.mark.parametrize("data", [b"PK\x03\x04 nonsense", b"\x00" * 64, b"\xff" * 64])
def test_bytes_of_something_else_are_refused(data):
    with pytest.raises(RequestError):
        Snapshot.from_bytes(data)


def test_a_snapshot_of_another_version_is_refused():
    data = snapshot().to_bytes().replace(b'\\"version\\": 1', b'\\"version\\": 9')
    with pytest.raises(RequestError, match="version 9"):
        Snapshot.from_bytes(data)


def test_a_snapshot_with_parts_missing_is_refused():
    data = snapshot().to_bytes().replace(b'\\"calls\\"', b'\\"calms\\"')
    with pytest.raises(RequestError):
        Snapshot.from_bytes(data)
