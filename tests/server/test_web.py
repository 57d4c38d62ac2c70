"""The web application's files, out of a folder."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from velatura.server.web import serve_web


@pytest.fixture
def built(tmp_path):
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><title>Studio</title>")
    (tmp_path / "assets/main-1a2b.js").write_text("1")
    (tmp_path / "favicon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    return tmp_path


def client(folder):
    app = FastAPI()
    serve_web(app, folder)
    return TestClient(app, raise_server_exceptions=False)


def test_the_page_is_asked_for_anew_and_what_it_loads_is_kept(built):
    page = client(built).get("/")
    assert "Studio" in page.text
    assert page.headers["cache-control"] == "no-cache"
    script = client(built).get("/assets/main-1a2b.js")
    assert "immutable" in script.headers["cache-control"]
    assert script.headers["content-type"].startswith("text/javascript")


def test_what_the_page_loads_is_compressed_on_its_way(built):
    text = "const words = 'velatura';\n" * 100
    (built / "assets/words-3c4d.js").write_text(text)
    script = client(built).get("/assets/words-3c4d.js", headers={"Accept-Encoding": "gzip"})
    assert script.headers["content-encoding"] == "gzip"
    assert "immutable" in script.headers["cache-control"]
    assert script.text == text


def test_the_icon_goes_by_both_names(built):
    for name in ("/favicon.svg", "/favicon.ico"):
        assert client(built).get(name).headers["content-type"] == "image/svg+xml"


@pytest.mark.parametrize("path", ["/assets/none.js", "/assets/../index.html", "/assets/%2e%2e/x"])
def test_nothing_else_is_served(built, path):
    assert client(built).get(path).status_code == 404


def test_a_studio_without_web_application_says_where_to_go(tmp_path):
    assert "/api/openapi.json" in client(tmp_path).get("/").text
    assert client(tmp_path).get("/assets/main.js").status_code == 404
