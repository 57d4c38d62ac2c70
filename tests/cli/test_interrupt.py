"""Work that is stopped: what is finished stays whole, and nothing half-done is left."""

import os
import signal
import subprocess
import sys
import threading

import pytest
from PIL import Image

from velatura import read_story
from velatura.cli.paint import uninterrupted

PROGRAM = "from velatura.cli.main import main; main()"
PATIENCE_S = 60
"""Starting an interpreter with PyTorch can take long on a busy machine."""


def heed_ctrl_c():
    """Programs started in a shell's background are born deaf to it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def hearing():
    """A test process that heeds Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def painting(tiny_checkpoint, tmp_path):
    """A process that would paint for an hour, and has just finished its second picture."""
    words = "txt2img x --size 64x64 --steps 5 --seed 5 --count 9999 --out out --models-dir".split()
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *words, str(tiny_checkpoint.parent)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "HOME": str(tmp_path)},
        preexec_fn=heed_ctrl_c,
    )
    watchdog = threading.Timer(PATIENCE_S, process.kill)
    watchdog.start()
    first = [process.stdout.readline(), process.stdout.readline()]
    yield process, first
    watchdog.cancel()
    process.kill()
    process.communicate()


def names_in(folder):
    return sorted(entry.name for entry in folder.iterdir())


def assert_all_whole(folder, names):
    for name in names:
        with Image.open(folder / name) as image:
            image.load()
            assert image.size == (64, 64)
        assert read_story(folder / name).is_exact


def test_ctrl_c_ends_soon_with_130_and_keeps_every_finished_picture(painting, tmp_path):
    process, first = painting
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130
    told = [line.strip().removeprefix("out/") for line in (*first, *out.splitlines())]
    assert names_in(tmp_path / "out") == told  # no temporary file among them
    assert_all_whole(tmp_path / "out", told)
    assert f"stopped: {len(told)} finished picture(s) kept" in err
    assert "Traceback" not in err


def test_kill_leaves_no_half_written_picture(painting, tmp_path):
    process, first = painting
    process.kill()
    out, _ = process.communicate(timeout=PATIENCE_S)
    names = [name for name in names_in(tmp_path / "out") if not name.startswith(".")]
    told = [line.strip().removeprefix("out/") for line in (*first, *out.splitlines())]
    assert set(told) <= set(names)
    assert len(names) <= len(told) + 1  # the one that was written, but not yet told
    assert_all_whole(tmp_path / "out", names)


@pytest.mark.usefixtures("hearing")
def test_ctrl_c_waits_for_the_picture_that_is_being_written():
    reached = []

    def write():
        with uninterrupted():
            signal.raise_signal(signal.SIGINT)
            reached.append("after the signal")

    with pytest.raises(KeyboardInterrupt):
        write()
    assert reached == ["after the signal"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_ctrl_c_stays_ignored_where_it_was_ignored():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with uninterrupted():
            signal.raise_signal(signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_ctrl_c_before_the_first_picture_is_no_traceback(paint, monkeypatch, tmp_path):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("velatura.pipelines.sampling.Pass.run", interrupted)
    ran = paint("a cat")
    assert (ran.code, ran.out) == (130, "")
    assert "stopped: 0 finished picture(s) kept" in ran.err
    assert list((tmp_path / "out").iterdir()) == []
