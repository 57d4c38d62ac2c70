"""The file of what runs took."""

import logging

from velatura.forecast import Lap, Notebook, Timed
from velatura.forecast.notebook import MOST_BYTES, NAME


def timed(seconds=1.5, peak_bytes=10):
    lap = Lap(what="sampling", model="häuser", pixels=4096, rows=2, count=20)
    return Timed(lap=lap, seconds=seconds, peak_bytes=peak_bytes)


def test_what_is_added_is_read_by_another(tmp_path):
    Notebook(tmp_path / "new").add([timed(1), timed(2)])
    Notebook(tmp_path / "new").add([timed(3, None)])
    assert Notebook(tmp_path / "new").read() == [timed(1), timed(2), timed(3, None)]


def test_without_a_folder_nothing_is_kept():
    book = Notebook(None)
    book.add([timed()])
    assert book.read() == []


def test_broken_lines_cost_no_others(tmp_path, caplog):
    book = Notebook(tmp_path)
    book.add([timed()])
    lines = (tmp_path / NAME).read_bytes()
    broken = [b'{"lap": {"wha', b"[]", b"\xff\xfe", b'{"seconds": 1}', b"null"]
    broken.append(lines.strip().replace(b'"pixels": 4096', b'"pixels": 0'))
    broken.append(lines.strip().replace(b'"seconds": 1.5', b'"seconds": "1"'))
    broken.append(lines.strip().replace(b'"seconds": 1.5', b'"seconds": NaN'))
    broken.append(lines.strip().replace(b'"seconds": 1.5', b'"seconds": 1e999'))
    broken.append(lines.strip().replace(b'"peak_bytes": 10', b'"peak_bytes": "much"'))
    (tmp_path / NAME).write_bytes(b"\n".join([*broken, lines]))
    with caplog.at_level(logging.WARNING):
        assert book.read() == [timed()]
    assert "10 broken lines" in caplog.text


def test_the_file_stays_small_and_keeps_the_latest(tmp_path):
    book = Notebook(tmp_path)
    book.add([timed(0)] * (MOST_BYTES // 100))
    book.add([timed(7)])
    assert (tmp_path / NAME).stat().st_size < MOST_BYTES
    assert book.read()[-1] == timed(7)


def test_a_folder_that_takes_nothing_stops_nobody(tmp_path, caplog):
    (tmp_path / "file").write_text("")
    book = Notebook(tmp_path / "file")
    with caplog.at_level(logging.WARNING):
        book.add([timed()])
    assert "cannot be written" in caplog.text
    assert book.read() == []
