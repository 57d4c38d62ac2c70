"""Attacks, on a real server and on one that withstands nothing."""

from __future__ import annotations

import base64
import http.server
import threading

import pytest

from tests.server.process import served
from velatura.errors import RequestError
from velatura.server.attacks import ATTACKS, Target, attack
from velatura.server.attacks.bombs import try_nonsense
from velatura.server.config import ServerConfig
from velatura.server.door import WINDOW_S, Door
from velatura.server.problems import Refusal

TOKEN = "a-token-for-tests"


@pytest.fixture(scope="module")
def locked(tmp_path_factory):
    """A server that wants a login."""
    with served(
        tmp_path_factory.mktemp("locked") / "data", token=TOKEN, password="open-sesame"
    ) as it:
        yield it


@pytest.mark.parametrize("entry", ATTACKS, ids=lambda entry: entry.name)
def test_an_open_server_on_this_machine_withstands(studio, entry):
    assert entry.attempt(Target(studio.address)) == ""


def test_a_server_with_a_login_withstands_all_of_it(locked):
    assert [found.hole for found in attack(Target(locked.address, TOKEN)) if found.hole] == []
    assert locked.get("/api/jobs", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200


class Weak(http.server.BaseHTTPRequestHandler):
    """Answers everything, and believes everybody."""

    def handle_all(self):
        length = self.headers.get("Content-Length", "0")
        if length.isdigit() and int(length) < 10**7:
            self.rfile.read(int(length))
        body = b'{"paths": {"/api/jobs": {"post": {}}}} root: SQLite format'
        if self.path == "/api/openapi.json":
            body = body.partition(b" root")[0]
        self.send_response(self.server.status)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_TRACE = handle_all

    def log_message(self, *_):
        pass


@pytest.mark.parametrize("status", [200, 500])
def test_every_attack_finds_the_holes_of_a_server_that_has_them(status):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Weak)
    server.status = status
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        target = Target(f"http://127.0.0.1:{server.server_port}")
        holes = {entry.attempt.__name__: entry.attempt(target) for entry in ATTACKS}
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    withstood = {name for name, hole in holes.items() if not hole}
    needs_login = {"try_without_login", "try_guessing"}  # there is none, and it is on this machine
    if status == 200:
        assert withstood == needs_login | {"try_nonsense"}
    else:
        assert holes["try_nonsense"]


@pytest.mark.parametrize("count", [1000, pytest.param(10_000, marks=pytest.mark.slow)])
def test_thousands_of_malformed_requests_harm_no_running_job(studio, count):
    job = studio.submit(prompt="undisturbed", seed=5, steps=30)
    assert try_nonsense(Target(studio.address), count=count) == ""
    alone = studio.submit(prompt="undisturbed", seed=5, steps=30)
    assert studio.done(job)["pictures"][0]["id"] == studio.done(alone)["pictures"][0]["id"]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "studio.lan"])
def test_an_address_that_others_reach_needs_a_login(tmp_path, host):
    with pytest.raises(RequestError, match="VELATURA_TOKEN"):
        ServerConfig(host=host, data_dir=tmp_path)
    assert ServerConfig(host=host, data_dir=tmp_path, password="long enough").has_login


@pytest.mark.parametrize(
    ("name", "secret"), [("password", "short"), ("password", "pässword-ü"), ("token", "12345678")]
)
def test_a_secret_that_is_easily_guessed_is_refused(tmp_path, name, secret):
    with pytest.raises(RequestError, match="at least"):
        ServerConfig(data_dir=tmp_path, **{name: secret})


def test_the_token_the_password_and_the_cookie_let_in(tmp_path):
    with served(tmp_path / "data", token=TOKEN, password="open-sesame") as server:
        _log_in_and_out(server)


def _log_in_and_out(locked):
    basic = base64.b64encode(b"anybody:open-sesame").decode()
    for value in (f"Bearer {TOKEN}", f"Basic {basic}", "Bearer open-sesame"):
        assert locked.get("/api/jobs", headers={"Authorization": value}).status_code == 200
    answer = locked.post("/api/session", {"password": "open-sesame"})
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    assert locked.get("/api/jobs").status_code == 200  # the client keeps the cookie
    assert locked.client.delete("/api/session").json()["is_logged_in"] is False
    assert locked.get("/api/jobs").status_code == 401


def test_strangers_see_that_the_server_lives_and_nothing_else(locked):
    assert locked.get("/api/health").status_code == 200
    assert locked.get("/api/session").json() == {"needs_login": True, "is_logged_in": False}
    refused = locked.get("/api/jobs")
    assert refused.headers["www-authenticate"].startswith("Basic")


def test_whoever_guesses_waits_and_others_do_not(tmp_path):
    now = [0.0]
    door = Door(ServerConfig(data_dir=tmp_path, password="right-one"), lambda: now[0])
    for _ in range(5):
        with pytest.raises(Refusal) as caught:
            door.log_in("wrong", "10.0.0.1")
        assert caught.value.answer.status == 401
    with pytest.raises(Refusal) as caught:
        door.log_in("right-one", "10.0.0.1")
    assert caught.value.answer.status == 429
    assert caught.value.headers["Retry-After"] == "61"
    assert door.log_in("right-one", "10.0.0.2")
    now[0] = WINDOW_S + 1
    assert door.log_in("right-one", "10.0.0.1")


def test_a_session_ends(tmp_path):
    now = [0.0]
    door = Door(ServerConfig(data_dir=tmp_path, password="right-one"), lambda: now[0])
    cookie = door.log_in("right-one", "10.0.0.1")
    door.check("", cookie, "10.0.0.1")
    now[0] = 15 * 24 * 3600
    with pytest.raises(Refusal):
        door.check("", cookie, "10.0.0.1")


def test_a_configured_name_is_answered_and_its_pages_may_ask(tmp_path):
    with served(tmp_path / "data", allowed_hosts=["studio.lan"]) as server:
        headers = {"Host": "studio.lan", "Origin": "http://studio.lan"}
        assert server.get("/api/jobs", headers=headers).status_code == 200
        assert server.get("/api/jobs", headers={"Host": "other.lan"}).status_code == 421
