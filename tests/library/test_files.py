from __future__ import annotations

import errno
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.library.pictures import NOW, painted
from velatura.errors import OutputError
from velatura.library import Target, contact_sheet, save_numbered, save_picture, save_sheet
from velatura.metadata import Encoding, FileFormat, read_story


def files(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_a_picture_is_saved_under_number_and_pattern(tmp_path: Path) -> None:
    picture = painted()
    path = save_picture(picture, Target(folder=tmp_path / "new" / "folder"), now=NOW)
    assert path == tmp_path / "new" / "folder" / "00001-42.png"
    np.testing.assert_array_equal(np.asarray(Image.open(path)), picture.pixels)
    assert read_story(path).request == picture.request
    assert files(path.parent) == [path.name]


@pytest.mark.parametrize(
    ("encoding", "suffix"),
    [
        (Encoding(format="png"), ".png"),
        (Encoding(format="jpeg", quality=90), ".jpg"),
        (Encoding(format="webp"), ".webp"),
        (Encoding(format="webp", lossless=True), ".webp"),
    ],
)
def test_every_format_carries_the_request(tmp_path: Path, encoding: Encoding, suffix: str) -> None:
    picture = painted(prompt="ein Käfer 🐈")
    path = save_picture(picture, Target(folder=tmp_path, encoding=encoding), now=NOW)
    assert path.suffix == suffix
    assert read_story(path).request == picture.request


def test_numbers_go_on(tmp_path: Path) -> None:
    target = Target(folder=tmp_path, pattern="[prompt]")
    first, second = (save_picture(painted(), target, now=NOW) for _ in range(2))
    assert [first.name, second.name] == ["00001-a cat.png", "00002-a cat.png"]


def test_writers_at_once_never_overwrite_each_other(tmp_path: Path) -> None:
    def save(i: int) -> Path:
        return save_numbered(str(i).encode(), tmp_path, "same", ".txt")

    with ThreadPoolExecutor(8) as pool:
        paths = list(pool.map(save, range(64)))
    assert len(set(paths)) == 64
    assert [path.read_text() for path in paths] == [str(i) for i in range(64)]
    assert len(files(tmp_path)) == 64


def test_a_file_system_without_links_is_written_to_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Path) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    first, second = (save_numbered(b"data", tmp_path, "", ".png") for _ in range(2))
    assert files(tmp_path) == [first.name, second.name] == ["00001.png", "00002.png"]
    assert second.read_bytes() == b"data"


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="No space left on device; free some space"):
        save_picture(painted(), Target(folder=tmp_path), now=NOW)
    assert files(tmp_path) == []


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are a POSIX matter")
def test_a_limit_of_the_system_on_file_size_is_reported(tmp_path: Path) -> None:
    code = f"""
import pathlib, resource, signal, sys
from velatura.errors import OutputError
from velatura.library import save_numbered
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    save_numbered(b"x" * 5000, pathlib.Path({str(tmp_path)!r}), "a", ".png")
except OutputError as error:
    sys.exit(0 if "free some space" in str(error) else 3)
sys.exit(4)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert files(tmp_path) == []


def test_a_folder_that_cannot_be_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    target = Target(folder=tmp_path / "file" / "folder")
    with pytest.raises(OutputError, match="choose another folder"):
        target.prepare()
    with pytest.raises(OutputError, match="choose another folder"):
        save_picture(painted(), target, now=NOW)


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_refused_at_once(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    with pytest.raises(OutputError, match="Permission denied"):
        Target(folder=tmp_path).prepare()


def test_preparing_makes_the_folder_and_leaves_it_empty(tmp_path: Path) -> None:
    Target(folder=tmp_path / "a" / "b").prepare()
    assert files(tmp_path / "a" / "b") == []


def test_a_sheet_is_saved_beside_the_pictures(tmp_path: Path) -> None:
    sheet = contact_sheet([painted().pixels] * 4)
    path = save_sheet(sheet, tmp_path)
    assert path.name == "00001-sheet.png"
    np.testing.assert_array_equal(np.asarray(Image.open(path)), sheet)
    story = read_story(path)
    assert story.request is None
    assert story.source_type.endswith("/trainedAlgorithmicMedia")
    assert save_sheet(sheet, tmp_path, encoding=Encoding(format="webp")).suffix == ".webp"


@pytest.mark.parametrize("file_format", ["png", "jpeg", "webp"])
def test_a_sheet_can_tell_how_it_was_made(tmp_path: Path, file_format: FileFormat) -> None:
    text = 'a cat\nSteps: 5, Sampler: Euler, Seed: 1, X Values: "5, ü"'
    encoding = Encoding(format=file_format)
    path = save_sheet(contact_sheet([painted().pixels]), tmp_path, encoding=encoding, infotext=text)
    assert read_story(path).text == text
    long = text.replace("cat", "cat" * 20_000)
    path = save_sheet(contact_sheet([painted().pixels]), tmp_path, encoding=encoding, infotext=long)
    assert read_story(path).text == long
    assert path.suffix == {"png": ".png", "jpeg": ".png", "webp": ".webp"}[file_format]
