"""The library over HTTP, against a real process."""

from __future__ import annotations

import io
import time

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.server.process import PATIENCE_S, served
from velatura.metadata import read_story

INFOTEXT = (
    "a lighthouse, <lora:storm:0.6>\nNegative prompt: people\nSteps: 20, Sampler: Euler a, "
    "CFG scale: 7, Seed: 77, Size: 32x24, Model: coast_v2, Version: v1.10.1"
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A server that may import a folder."""
    folder = tmp_path_factory.mktemp("outputs")
    told = PngInfo()
    told.add_text("parameters", INFOTEXT)
    Image.new("RGB", (32, 24), "red").save(folder / "00001-77.png", pnginfo=told)
    (folder / "00002-broken.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    wide = tmp_path_factory.mktemp("wide")
    with served(folder.parent / "data", import_dirs=[str(folder), str(wide)]) as server:
        server.folder, server.wide = folder, wide
        yield server


def imported(server, **body):
    answer = server.post("/api/library/import", body)
    assert answer.status_code == 202, answer.text
    end = time.monotonic() + PATIENCE_S
    while (state := server.get("/api/library/import").json())["is_running"]:
        assert time.monotonic() < end
        time.sleep(0.05)
    return state


def found(server, query):
    return server.get("/api/pictures", params={"query": query}).json()["pictures"]


def test_a_finished_picture_is_found_marked_and_put_away(studio):
    job = studio.done(studio.submit(prompt="an unmistakable armadillo", seed=12))
    made = job["pictures"][0]["id"]
    (entry,) = found(studio, "armadillo seed:12")
    assert (entry["id"], entry["job"], entry["kind"]) == (made, job["id"], "txt2img")
    body = {"ids": [made], "rating": 4, "flag": "pick", "tag": ["Shy one"], "collect": "Zoo"}
    (marked,) = studio.post("/api/pictures/mark", body).json()
    assert (marked["rating"], marked["tags"], marked["collections"]) == (4, ["Shy one"], ["Zoo"])
    assert found(studio, 'rating:4 flag:pick tag:"shy one" collection:zoo') == [marked]
    assert {"name": "Shy one", "count": 1} in studio.get("/api/library/tags").json()
    assert {"name": "Zoo", "count": 1} in studio.get("/api/library/collections").json()
    studio.post("/api/pictures/trash", {"ids": [made]})
    assert found(studio, "armadillo") == []
    studio.post("/api/pictures/restore", {"ids": [made]})
    assert studio.get("/api/library/count", params={"query": "armadillo"}).json() == {"count": 1}
    studio.post("/api/library/collections/drop", {"name": "zoo"})
    assert studio.get(f"/api/pictures/{made}/entry").json()["collections"] == []


def test_a_picture_deleted_for_good_is_gone_with_its_file(studio):
    made = studio.done(studio.submit(prompt="a doomed marzipan", seed=5))["pictures"][0]["id"]
    refused = studio.post("/api/pictures/purge", {"ids": [made]})
    assert refused.status_code == 422
    studio.post("/api/pictures/trash", {"ids": [made]})
    assert studio.post("/api/pictures/purge", {"ids": [made]}).json() == {"count": 1}
    for part in ("", "/file", "/entry", "/thumbnail", "/lineage"):
        answer = studio.get(f"/api/pictures/{made}{part}")
        assert answer.status_code == 404, part
        assert answer.json()["type"] == "urn:velatura:UnknownPicture"


def test_thumbnails_are_small_and_of_few_sizes(shop):
    Image.new("RGB", (640, 320), "green").save(shop.wide / "00003-wide.png")
    imported(shop, folder=shop.wide.name, thumbnails=True)
    (entry,) = found(shop, "name:wide")
    path = f"/api/pictures/{entry['id']}/thumbnail"
    answer = shop.get(path, params={"side": 128})
    assert answer.headers["content-type"] == "image/webp"
    assert Image.open(io.BytesIO(answer.content)).size == (128, 64)
    assert shop.get(path, params={"side": 10000}).status_code == 422
    (shop.wide / "00003-wide.png").unlink()
    imported(shop, folder=shop.wide.name)
    assert Image.open(io.BytesIO(shop.get(path).content)).size == (256, 128)  # was kept
    assert shop.get(f"/api/pictures/{entry['id']}/file").status_code == 404


def test_a_picture_tells_its_family(studio, png):
    kept = studio.client.post(
        "/api/bitmaps", content=png, headers={"content-type": "image/png"}
    ).json()["id"]
    job = studio.submit(
        kind="img2img", prompt="from that", image={"id": kept}, seed=2, width=64, height=64
    )
    made = studio.done(job)["pictures"][0]["id"]
    family = studio.get(f"/api/pictures/{made}/lineage").json()
    assert family["edges"] == [{"child": made, "parent": kept, "role": "image"}]
    assert family["known"] == [made]


def test_a_folder_is_imported_by_name_and_served_as_written_anew(shop):
    assert shop.get("/api/library/folders").json() == ["studio", shop.folder.name, shop.wide.name]
    state = imported(shop, folder=shop.folder.name)
    assert (state["added"], state["broken"], state["error"]) == (1, 1, "")
    assert "00002-broken.png" in state["problems"][0]
    (entry,) = found(
        shop, 'lighthouse -negative:cat lora:storm sampler:"euler a" checkpoint:coast*'
    )
    assert (entry["seed"], entry["width"], entry["cfg"]) == ("77", 32, 7.0)
    answer = shop.get(f"/api/pictures/{entry['id']}/file")
    assert answer.content != (shop.folder / "00001-77.png").read_bytes()
    assert read_story(answer.content).text == INFOTEXT
    assert Image.open(io.BytesIO(answer.content)).getpixel((0, 0)) == (255, 0, 0)
    told = shop.get(f"/api/pictures/{entry['id']}").json()
    assert told["request"]["prompt"].startswith("a lighthouse")
    assert imported(shop, folder=shop.folder.name)["unchanged"] == 2


def test_pictures_that_a_lost_database_knew_are_found_again(tmp_path):
    with served(tmp_path / "data") as server:
        job = server.done(server.submit(prompt="a survivor", seed=9))
    import sqlite3

    with sqlite3.connect(tmp_path / "data" / "velatura.db") as connection:
        connection.execute("DELETE FROM library_pictures")
        connection.execute("DELETE FROM library_files")
        connection.execute("DELETE FROM library_words")
    connection.close()
    with served(tmp_path / "data") as server:
        assert found(server, "") == []
        assert imported(server, folder="studio")["added"] == 1
        (entry,) = found(server, "survivor")
        assert (entry["id"], entry["job"]) == (job["pictures"][0]["id"], job["id"])


@pytest.mark.parametrize(
    "folder", ["/etc", "..", "../..", "", "studio/../..", "C:\\", "\x00", "outputs0/"]
)
def test_no_folder_is_imported_that_the_server_was_not_told_of(shop, folder):
    answer = shop.post("/api/library/import", {"folder": folder})
    assert answer.status_code == 422
    assert answer.json()["field"] == "folder"


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("mark", {"ids": []}, 422),
        ("mark", {"ids": ["0" * 64], "rating": 3}, 404),
        ("mark", {"ids": ["0" * 64], "rating": 6}, 422),
        ("mark", {"ids": ["0" * 64], "rating": True}, 422),
        ("mark", {"ids": ["0" * 64], "colour": "red"}, 422),
        ("mark", {"ids": [5]}, 422),
        ("mark", {"ids": ["../../etc/passwd"]}, 404),
        ("mark", {"ids": "all"}, 422),
        ("trash", {}, 422),
        ("trash", {"ids": ["0" * 64] * 1001}, 422),
        ("restore", {"ids": ["0" * 64]}, 404),
        ("purge", {"ids": ["0" * 64]}, 404),
    ],
)
def test_marks_that_cannot_be_are_refused(studio, path, body, status):
    answer = studio.post(f"/api/pictures/{path}", body)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_query_that_cannot_be_read_is_answered_with_its_position(studio):
    answer = studio.get("/api/pictures", params={"query": 'cat "dog'})
    assert answer.status_code == 422
    assert answer.json()["position"] == 4


@pytest.mark.parametrize("params", [{"cursor": "x"}, {"limit": 0}, {"skip": -1}, {"order": "best"}])
def test_pages_that_cannot_be_are_refused(studio, params):
    assert studio.get("/api/pictures", params=params).status_code == 422
