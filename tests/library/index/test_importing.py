"""Folders of other programs' pictures, as they lie on people's disks."""

from __future__ import annotations

import os
import shutil

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.library.index.shelf import picture_id
from tests.library.pictures import painted
from velatura.errors import RequestError, UnknownPicture
from velatura.library import Target, save_picture
from velatura.library.index import Marks, reader
from velatura.library.index.reader import Crew, read_all
from velatura.library.index.reading import pixels_of, read_file
from velatura.library.pictures import read_pixels
from velatura.metadata import Encoding
from velatura.records import Img2Img, Picture

INFOTEXT = (
    "a heron in the reeds <lora:mist:0.4>\nNegative prompt: blurry\nSteps: 25, Sampler: Euler a, "
    "CFG scale: 6.5, Seed: {seed}, Size: 40x24, Model: marsh_v3, Version: v1.10.1"
)


def of_a1111(path, seed=1, size=(40, 24)):
    path.parent.mkdir(parents=True, exist_ok=True)
    told = PngInfo()
    told.add_text("parameters", INFOTEXT.format(seed=seed))
    pixels = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path, pnginfo=told)
    return path


def bring_in(shelf, folder, **options):
    *_, last = shelf.library.bring_in(folder, processes=1, **options)
    assert last.is_done
    return last


def test_infotext_becomes_searchable_however_deep_it_lies(shelf, tmp_path):
    folder = tmp_path / "outputs"
    for seed in range(5):
        of_a1111(folder / "txt2img-images" / f"2023-0{seed + 1}-01" / f"{seed:05}-{seed}.png", seed)
    assert bring_in(shelf, folder).added == 5
    (entry,) = shelf.entries('heron "the reeds" -blurry sampler:"euler a" seed:3 lora:mist cfg:6.5')
    assert (entry.checkpoint, entry.steps, entry.kind) == ("marsh_v3", 25, "txt2img")
    assert (entry.width, entry.height) == (40, 24)
    assert len(shelf.names("negative:blurry name:00003")) == 1


def test_files_stay_where_they_are_or_are_copied(lite, tmp_path):
    path = of_a1111(tmp_path / "outputs" / "a.png")
    bring_in(lite, path.parent)
    (entry,) = lite.entries()
    assert lite.library.file(entry.id)[0] == path
    bring_in(lite, path.parent)
    path.write_bytes(path.read_bytes())
    os.utime(path, (1, 1))
    bring_in(lite, path.parent, is_copied=True)
    shutil.rmtree(path.parent)
    kept, place = lite.library.file(entry.id)
    assert place.root == ""
    assert kept.is_relative_to(tmp_path / "home")
    assert len(lite.entries()) == 1


def test_only_what_is_new_or_changed_is_opened_again(lite, tmp_path, monkeypatch):
    folder = tmp_path / "outputs"
    for seed in range(3):
        of_a1111(folder / f"{seed}.png", seed)
    bring_in(lite, folder)
    opened = []

    def noted(path, **options):
        opened.append(path.name)
        return read_file(path, **options)

    monkeypatch.setattr(reader, "read_file", noted)
    of_a1111(folder / "1.png", 11)
    of_a1111(folder / "new.png", 12)
    last = bring_in(lite, folder)
    assert opened == ["1.png", "new.png"]
    assert (last.unchanged, last.added) == (2, 2)
    assert sorted(it.seed for it in lite.entries()) == [0, 2, 11, 12]
    assert [it.seed for it in lite.entries("is:gone")] == [1]


def test_a_picture_keeps_its_marks_when_its_file_moves_or_comes_back(lite, tmp_path):
    folder = tmp_path / "outputs"
    path = of_a1111(folder / "a.png")
    bring_in(lite, folder)
    (entry,) = lite.entries()
    lite.library.mark([entry.id], Marks(rating=5, tag=("dear",)))
    path.rename(folder / "renamed.png")
    assert bring_in(lite, folder).gone == 1
    assert [it.id for it in lite.entries("rating:5 tag:dear")] == [entry.id]
    away = (folder / "renamed.png").rename(tmp_path / "away.png")
    bring_in(lite, folder)
    assert lite.entries() == []
    with pytest.raises(UnknownPicture, match="is gone"):
        lite.library.file(entry.id)
    away.rename(folder / "back.png")
    bring_in(lite, folder)
    assert lite.entries()[0].tags == ("dear",)


def test_two_files_of_the_same_pixels_are_one_picture(lite, tmp_path):
    path = of_a1111(tmp_path / "outputs" / "a.png")
    shutil.copy(path, path.with_name("b.png"))
    assert bring_in(lite, path.parent).added == 2
    (entry,) = lite.entries()
    path.unlink()
    bring_in(lite, path.parent)
    assert lite.library.file(entry.id)[0].name == "b.png"


def broken_files(folder):
    whole = of_a1111(folder / "whole.png").read_bytes()
    files = {
        "empty.png": b"",
        "cut.png": whole[: len(whole) // 2],
        "flipped.png": whole[:200] + bytes([whole[200] ^ 1]) + whole[201:],
        "huge.png": whole[:16] + (2**31 - 1).to_bytes(4) * 2 + whole[24:],
        "text.jpg": b"not a picture",
        "riff.webp": b"RIFF\xff\xff\xff\xffWEBP",
        "noise.gif": b"GIF89a" + bytes(range(200)),
        "cmyk.tiff": b"II*\0\xff\xff\xff\xff",
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return files


def test_broken_files_are_told_and_not_tried_again(lite, tmp_path):
    names = broken_files(tmp_path / "outputs")
    last = bring_in(lite, tmp_path / "outputs")
    assert (last.added, last.broken) == (1, len(names))
    assert all(any(name in told for told in last.problems) for name in names)
    assert bring_in(lite, tmp_path / "outputs").unchanged == len(names) + 1


def test_links_are_not_followed_so_loops_end(lite, tmp_path):
    path = of_a1111(tmp_path / "outputs" / "sub" / "a.png")
    of_a1111(tmp_path / "elsewhere" / "b.png", 2)
    (path.parent / "loop").symlink_to(tmp_path / "outputs")
    (path.parent / "away").symlink_to(tmp_path / "elsewhere")
    (path.parent / "file.png").symlink_to(tmp_path / "elsewhere" / "b.png")
    (path.parent / ".hidden").mkdir()
    of_a1111(path.parent / ".hidden" / "c.png", 3)
    last = bring_in(lite, tmp_path / "outputs")
    assert (last.seen, last.skipped) == (1, 3)


@pytest.mark.skipif(os.name != "posix", reason="names are bytes on POSIX alone")
def test_a_name_that_is_no_text_is_told(lite, tmp_path):
    path = of_a1111(tmp_path / "outputs" / "a.png")
    os.rename(path, os.path.join(os.fsencode(path.parent), b"\xff\xfe.png"))  # noqa: PTH104, PTH118
    last = bring_in(lite, path.parent)
    assert (last.seen, last.skipped, len(last.problems)) == (0, 1, 1)


def test_a_folder_that_is_not_there_is_refused(lite, tmp_path):
    with pytest.raises(RequestError, match="no such folder"):
        list(lite.library.bring_in(tmp_path / "nowhere"))


def test_an_import_that_is_left_goes_on_where_it_was(lite, tmp_path, monkeypatch):
    monkeypatch.setattr("velatura.library.index.importing.BATCH", 2)
    for seed in range(5):
        of_a1111(tmp_path / "outputs" / f"{seed}.png", seed)
    steps = lite.library.bring_in(tmp_path / "outputs", processes=1)
    assert next(steps).added == 2
    steps.close()
    assert len(lite.entries()) == 2
    last = bring_in(lite, tmp_path / "outputs")
    assert (last.unchanged, last.added) == (2, 3)


def test_several_processes_read_the_same_as_one(tmp_path):
    folder = tmp_path / "outputs"
    for seed in range(70):
        of_a1111(folder / f"{seed:02}.png", seed)
    broken_files(folder)
    wanted = [(path, None) for path in sorted(folder.iterdir())]
    one = list(read_all(wanted, processes=1, with_thumbnails=True))
    two = list(read_all(wanted, processes=2, with_thumbnails=True))
    assert one == two


def test_a_reader_that_dies_takes_no_file_with_it(tmp_path):
    paths = [of_a1111(tmp_path / f"{seed}.png", seed) for seed in range(3)]
    (tmp_path / "unreadable.png").symlink_to("/proc/self/mem")
    wanted = [(path, None) for path in (paths[0], tmp_path / "unreadable.png", *paths[1:])]
    with Crew(1, with_thumbnails=False) as crew:
        crew._pool.submit(os._exit, 1)
        told = list(crew.read(iter(wanted)))
    assert [path for path, _, _ in told] == [path for path, _ in wanted]
    assert [bool(reading.facts) for _, _, reading in told] == [True, False, True, True]


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "LA", "1", "I;16"])
@pytest.mark.parametrize("extra", ["", "orientation", "transparency"])
def test_pixels_are_those_that_everybody_else_reads(tmp_path, mode, extra):
    pixels = np.random.default_rng(4).integers(0, 256, (12, 20, 4), dtype=np.uint8)
    image = Image.fromarray(pixels).convert("RGB" if mode == "I;16" else mode)
    if mode == "I;16":
        image = Image.fromarray(pixels[..., 0].astype(np.uint16) * 257)
    options = {}
    if extra == "orientation":
        exif = Image.Exif()
        exif[274] = 6
        options["exif"] = exif
    if extra == "transparency" and mode in ("RGB", "L", "P"):
        options["transparency"] = (1, 2, 3) if mode == "RGB" else 0
    path = tmp_path / "x.png"
    image.save(path, **options)
    read = pixels_of(path.read_bytes())
    np.testing.assert_array_equal(read, read_pixels(path).array)
    assert read.dtype == read_pixels(path).array.dtype


def test_our_own_files_tell_their_family_unless_they_were_painted_on(lite, tmp_path):
    first = painted(seed=1)
    request = Img2Img(image=first.bitmap, prompt="again", seed=2, width=24, height=16)
    second = Picture(pixels=first.pixels[::-1].copy(), request=request)
    target = Target(folder=tmp_path / "outputs", encoding=Encoding())
    save_picture(first, target)
    path = save_picture(second, target)
    bring_in(lite, tmp_path / "outputs")
    (edge,) = lite.library.family(second.id).edges
    assert (edge.child, edge.parent, edge.role) == (second.id, first.id, "image")
    told = Image.open(path)
    told.load()
    info = PngInfo()
    for name in ("parameters", "velatura"):
        info.add_text(name, told.text[name])
    edited = np.asarray(told).copy()
    edited[0, 0] ^= 255
    Image.fromarray(edited).save(tmp_path / "outputs" / "edited.png", pnginfo=info)
    bring_in(lite, tmp_path / "outputs")
    (entry,) = lite.entries("name:edited")
    assert entry.prompt == "again"
    assert lite.library.family(entry.id).edges == ()


def test_deleting_for_good_takes_our_files_and_leaves_those_of_others(lite, tmp_path):
    theirs = of_a1111(tmp_path / "outputs" / "a.png")
    bring_in(lite, theirs.parent, is_copied=True)
    (entry,) = lite.entries()
    ours = lite.library.file(entry.id)[0]
    lite.library.thumbnail(entry.id)
    lite.library.trash([entry.id])
    assert lite.library.purge() == 1
    assert theirs.exists()
    assert not ours.exists()
    assert bring_in(lite, theirs.parent).unchanged == 1
    assert lite.entries("is:gone") == lite.entries() == []
    with pytest.raises(UnknownPicture):
        lite.library.get(picture_id("a"))
