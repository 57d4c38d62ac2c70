"""Where unfinished jobs stand, on the disk."""

import pytest

from velatura.jobs.snapshots import Standing, load_standing, save_standing


def test_what_was_saved_last_comes_back(tmp_path):
    place = tmp_path / "snapshots" / "job"
    save_standing(Standing(pictures=0, snapshot=b"first"), place)
    last = Standing(pictures=3, snapshot=b'\n{"\xff\n')
    save_standing(last, place)
    assert load_standing(place) == last
    assert [path.name for path in place.parent.iterdir()] == ["job"]


@pytest.mark.parametrize(
    "data",
    [
        None,
        b"",
        b"\n",
        b"[]\nx",
        b"7\nx",
        b'{"version": 1}\nx',
        b'{"version": 2, "pictures": 0}\nx',
        b'{"version": 1, "pictures": null}\nx',
        b"\xff\xfe\nx",
    ],
)
def test_what_cannot_be_read_lets_the_job_begin_anew(tmp_path, data):
    place = tmp_path / "job"
    if data is not None:
        place.write_bytes(data)
    assert load_standing(place) is None
